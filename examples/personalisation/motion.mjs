// Movement: elements that change their place glide there, so that the eye can follow.

const DURATION_MS = 450;

/** Calls `rearrange`, then lets every element glide from where it was. Not for those who have asked for less motion. */
export function moveSmoothly(elements, rearrange) {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const before = elements.map((element) => element.isConnected && element.getBoundingClientRect());
  const focused = document.activeElement;
  rearrange();
  focused?.focus({ preventScroll: true }); // what is moved in the document loses it
  if (still) return;
  elements.forEach((element, i) => {
    if (!before[i]) return;
    const after = element.getBoundingClientRect();
    const [x, y] = [before[i].left - after.left, before[i].top - after.top];
    if (x === 0 && y === 0) return;
    element.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: 'none' }], { duration: DURATION_MS, easing: 'ease-out' });
  });
}
