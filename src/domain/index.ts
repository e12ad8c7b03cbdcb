export type {
  Action,
  ActionCatalog,
  ChangeAction,
  ControlAction,
  ControllerFiles,
  Detached,
  Done,
  OpenIntent,
  OpenUndo,
  OperatorAction,
  OperatorDecision,
  PackageFile,
  PackageStore,
  Probe,
  Proof,
  ReadAction,
  ReadResult,
  Recovered,
  StepContext,
  WaitAction,
} from './action.ts';
export { ERROR_CODES, type ErrorCode, type ErrorRecord, FirebreakError, toErrorRecord } from './errors.ts';
export type {
  HostFinished,
  HostParked,
  RunEvent,
  RunEventBody,
  StepFinished,
  StepIntended,
} from './events.ts';
export type { Journal, LeaseConflict, OpenObligation, RunInfo } from './journal.ts';
export type { Json, JsonObject } from './json.ts';
export {
  EXIT_CODES,
  FINE_OUTCOMES,
  HOST_OUTCOMES,
  type HostOutcome,
  type StepOutcome,
} from './outcome.ts';
export type {
  ConnectionSettings,
  CredentialReference,
  JumpHost,
  Plan,
  PlannedBlock,
  IncludedFile,
  PlannedHost,
  PlannedNode,
  PlannedStep,
  PlannedWave,
  PlanOrigin,
  Position,
  RelayHost,
  StepValue,
  TransportName,
} from './plan.ts';
export {
  type Clock,
  type Dispatcher,
  type DispatchJob,
  type PortProbe,
  type PortState,
  type Random,
  RPC_CATEGORIES,
  type RpcCategory,
  type RpcScan,
  type RpcTarget,
  type Scanner,
} from './ports.ts';
export { type AnsweredVia, isSameQuestion, legalAnswer, type Question } from './question.ts';
export { HostCredential, SECRET_MASK, Secret } from './secret.ts';
export type {
  FunctionCall,
  HostPath,
  Invocation,
  InvokeOptions,
  LanguageMode,
  OpenOptions,
  ParameterValue,
  PowerShellError,
  ProgressRecord,
  Prompter,
  PushOptions,
  ScriptCall,
  Session,
  StreamRecord,
  Streams,
  Target,
  TransferOptions,
  Transferred,
  Transport,
} from './session.ts';
export type { HostView, QuestionView, RunView, ShieldView, StepView, Tally, WaveView } from './view.ts';
