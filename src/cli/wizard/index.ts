export { runWizard, type WizardOptions } from './wizard.ts';
