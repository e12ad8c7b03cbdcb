export { Engine, type EngineEvent, type EngineOptions } from './engine.ts';
