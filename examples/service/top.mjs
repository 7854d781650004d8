// The k largest of some numbers, in descending order: four ways that give the same.

/** Sorts a copy of everything. */
export function bySorting(numbers, k) {
  return numbers.slice().sort().subarray(numbers.length - k).reverse();
}

/** Keeps the k largest so far in a heap whose smallest is on top; most numbers are turned away there. */
export function byHeap(numbers, k) {
  const heap = numbers.slice(0, k).sort(); // sorted ascending is a heap
  for (let i = k; i < numbers.length; i += 1) {
    if (numbers[i] > heap[0]) replaceSmallest(heap, numbers[i]);
  }
  return heap.sort().reverse();
}

function replaceSmallest(heap, value) {
  const { length } = heap;
  let hole = 0;
  for (let child = 1; child < length; child = 2 * hole + 1) {
    if (child + 1 < length && heap[child + 1] < heap[child]) child += 1;
    if (heap[child] >= value) break;
    heap[hole] = heap[child];
    hole = child;
  }
  heap[hole] = value;
}

/** Hoare's selection: partitions a copy until the k largest are at its end, and sorts those. */
export function bySelection(numbers, k) {
  const copy = numbers.slice();
  const wanted = copy.length - k;
  let [low, high] = [0, copy.length - 1];
  while (low < high) {
    const pivot = medianOfThree(copy[low], copy[(low + high) >> 1], copy[high]);
    let [i, j] = [low, high];
    while (i <= j) {
      while (copy[i] < pivot) i += 1;
      while (copy[j] > pivot) j -= 1;
      if (i > j) break;
      [copy[i], copy[j]] = [copy[j], copy[i]];
      i += 1;
      j -= 1;
    }
    if (wanted <= j) high = j;
    else if (wanted >= i) low = i;
    else break;
  }
  return copy.subarray(wanted).sort().reverse();
}

const medianOfThree = (a, b, c) => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));

const PER_BUCKET = 4;
const FEW = 24; // so many are sorted by insertion

/** Spreads the numbers over buckets of equal width, leaves out those below the k largest, and sorts bucket by bucket. */
export function byBuckets(numbers, k) {
  let [smallest, largest] = [Infinity, -Infinity];
  for (let i = 0; i < numbers.length; i += 1) {
    if (numbers[i] < smallest) smallest = numbers[i];
    if (numbers[i] > largest) largest = numbers[i];
  }
  if (smallest === largest) return numbers.slice(0, k);
  const buckets = Math.ceil(numbers.length / PER_BUCKET);
  const scale = -(buckets - 1) / (largest - smallest);
  const ends = new Int32Array(buckets); // the first bucket is that of the largest
  for (let i = 0; i < numbers.length; i += 1) ends[((numbers[i] - largest) * scale) | 0] += 1;
  let [last, held] = [0, ends[0]];
  while (held < k) {
    last += 1;
    held += ends[last];
    ends[last] = held;
  }
  const sorted = new Float64Array(held);
  for (let i = numbers.length - 1; i >= 0; i -= 1) {
    const bucket = ((numbers[i] - largest) * scale) | 0;
    if (bucket <= last) sorted[--ends[bucket]] = numbers[i]; // in the end, ends are starts
  }
  for (let bucket = 0; bucket <= last; bucket += 1) sortFalling(sorted, ends[bucket], bucket === last ? held : ends[bucket + 1]);
  return sorted.subarray(0, k);
}

function sortFalling(values, start, end) {
  if (end - start > FEW) {
    values.subarray(start, end).sort().reverse();
    return;
  }
  for (let i = start + 1; i < end; i += 1) {
    const value = values[i];
    let j = i;
    for (; j > start && values[j - 1] < value; j -= 1) values[j] = values[j - 1];
    values[j] = value;
  }
}
