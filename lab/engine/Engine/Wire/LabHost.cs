using System.Collections.Concurrent;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Wire;

/// <summary>A machine with the sessions open on it.</summary>
internal sealed class LabHost(Machine machine)
{
    /// <summary>The machine.</summary>
    public Machine Machine { get; } = machine;

    /// <summary>Sessions by id.</summary>
    public ConcurrentDictionary<Guid, LabSession> Sessions { get; } = new();

    /// <summary>Text shells by id.</summary>
    public ConcurrentDictionary<Guid, TextShell> Texts { get; } = new();
}
