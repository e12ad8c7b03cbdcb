namespace Firebreak.Lab.Machines;

/// <summary>An entry of an event log. Its text is not rendered: it would be localised.</summary>
/// <param name="Record">Number, from 1 on; anew when the log is cleared.</param>
/// <param name="At">When it was written.</param>
/// <param name="Id">Number of the event, as the viewer shows it.</param>
/// <param name="Source">Who wrote it.</param>
/// <param name="Kind">error, warning or information.</param>
/// <param name="Strings">What its text is made of.</param>
public sealed record EventEntry(int Record, DateTimeOffset At, int Id, string Source, string Kind, IReadOnlyList<string> Strings)
{
    /// <summary>The whole identifier: severity and, for classic sources, the customer bit not set.</summary>
    public uint InstanceId => (uint)Id | Kind switch
    {
        "error" => 0xC0000000,
        "warning" => 0x80000000,
        // These two give their news as warnings do.
        _ => Source is EventLog.Own or EventLog.User32 ? 0x80000000 : 0x40000000,
    };
}
