/** How a run is interrupted: thrown at a safe point of each host, where the journal says all that resume needs. */
export class Paused extends Error {
  override readonly name = 'Paused';
  constructor() {
    super('the run was paused');
  }
}

/** @throws Paused */
export function throwIfPaused(signal: AbortSignal): void {
  if (signal.aborted) throw new Paused();
}

/** Thrown before the first change on a host when its maintenance window has closed meanwhile. */
export class OutsideWindow extends Error {
  override readonly name = 'OutsideWindow';
  /** The first step of what was not begun. */
  readonly step: string;

  constructor(step: string, message: string) {
    super(message);
    this.step = step;
  }
}
