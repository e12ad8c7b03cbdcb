export { type DemoResult, demo } from './demo.ts';
export { DCOM_CASES, PAPER_CASES, paperCaseOf } from './paper.ts';
