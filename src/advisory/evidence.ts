/** What was read from a host about one patch, before any judgement. Null means: could not be read. */

export interface UpdateEvidence {
  /** `KB4551762` */
  readonly kb: string;
  /** In the servicing stack's list of packages. */
  readonly servicing: boolean | null;
  /** In Win32_QuickFixEngineering. */
  readonly quickFix: boolean | null;
}

/** A cumulative update in the servicing stack's list; its name tells the revision that it brings. */
export interface RollupEvidence {
  readonly build: number;
  readonly ubr: number;
  /** CurrentState of the servicing stack: 96 waits for a reboot, 112 is installed. */
  readonly state: number;
}

export interface FileEvidence {
  readonly path: string;
  /** Null: could not be read. */
  readonly exists: boolean | null;
  /** Four numbers, from the fixed part of the version resource; null when there is none. */
  readonly version: string | null;
  /** ISO 8601, UTC: when it came to its place, the later of made and written; null or left out: could not be read. */
  readonly changedAt?: string | null;
  /** Something else takes its place at the next start; null or left out: could not be read. */
  readonly replacedAtRestart?: boolean | null;
}

export interface KeyEvidence {
  readonly key: string;
  readonly present: boolean | null;
}

export interface ServiceEvidence {
  readonly name: string;
  /** Installed, whatever its state. */
  readonly exists: boolean | null;
}

export interface ValueEvidence {
  /** Key and name. */
  readonly path: string;
  readonly present: boolean | null;
  /** Null: absent, or neither a number nor a text. */
  readonly value: number | string | null;
}

/** What the host is, as far as advisories tell systems apart by it. */
export interface SystemEvidence {
  /** CurrentVersion: `5.1` */
  readonly version: string | null;
  /** 0 = none. */
  readonly servicePack: number | null;
  readonly product: 'workstation' | 'server' | null;
  /** Terminal Server Edition of NT 4.0, or terminal services since. */
  readonly terminalServer: boolean | null;
  /** x86, x64, ia64, arm64, alpha: of the system, not of a process. */
  readonly arch: string | null;
}

export interface PatchEvidence {
  readonly build: number | null;
  /** Left out: nothing but the build is known. */
  readonly system?: SystemEvidence;
  /** Update build revision; 0 counts as unreadable. */
  readonly ubr: number | null;
  readonly updates: readonly UpdateEvidence[];
  readonly rollups: readonly RollupEvidence[] | null;
  readonly files: readonly FileEvidence[];
  readonly keys: readonly KeyEvidence[];
  /** Left out: not asked. */
  readonly services?: readonly ServiceEvidence[];
  readonly values?: readonly ValueEvidence[];
  /** Why a reboot is pending: servicing, windows-update, file-rename, update-exe, computer-rename; null = unreadable. */
  readonly pending: readonly string[] | null;
  /** ISO 8601, UTC. */
  readonly bootTime: string | null;
}
