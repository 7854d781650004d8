// The second entry in Cloudflare Workers, where init() needs no argument either.
import './persist.js';

export * from './workerd.js';
export { default } from './workerd.js';
