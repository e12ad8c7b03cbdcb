/** Where the connections of this folder find it. */
export { Mutex } from '../psrp/index.ts';
