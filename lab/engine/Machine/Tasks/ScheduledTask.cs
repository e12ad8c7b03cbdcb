namespace Firebreak.Lab.Machines;

/// <summary>A scheduled task as it is now.</summary>
/// <param name="Definition">What was registered.</param>
/// <param name="State">Disabled, Ready or Running.</param>
/// <param name="LastRunTime">Lab time of the last start, or null.</param>
/// <param name="LastResult">Exit code of the last run; 267011 never run, 267009 running.</param>
/// <param name="NextRunTime">Lab time of the next start by a time trigger, or null.</param>
public sealed record ScheduledTask(TaskDefinition Definition, string State, DateTimeOffset? LastRunTime, int LastResult, DateTimeOffset? NextRunTime);
