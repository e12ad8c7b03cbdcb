export { type DemoResult, demo } from './demo.ts';
