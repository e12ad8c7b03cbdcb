/** Where the connections of this folder find it. */
export { Mutex, waitFor } from '../psrp/index.ts';
