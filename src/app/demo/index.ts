export { type DemoResult, demo } from './demo.ts';
export { PAPER_CASES, paperCaseOf } from './paper.ts';
