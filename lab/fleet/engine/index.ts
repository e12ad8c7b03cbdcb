export { Engine, type EngineEvent } from './engine.ts';
