namespace Firebreak.Lab.Machines;

/// <summary>Programs whose first argument may name another machine: sc, at, ipsecpol.</summary>
internal static class RemoteArgument
{
    /// <summary>Where the program works, as whom, and its other arguments.</summary>
    /// <exception cref="LabWin32Exception">The other machine does not let it in.</exception>
    public static (Machine Target, ProgramContext Context, string[] Words) Take(Machine machine, ProgramContext context, IReadOnlyList<string> arguments, RemoteService service)
    {
        if (arguments.Count == 0 || !arguments[0].StartsWith(@"\\", StringComparison.Ordinal))
        {
            return (machine, context, [.. arguments]);
        }

        RemoteGrant grant = context.Remote.Reach(machine, context, arguments[0].TrimStart('\\'), service);
        return (grant.Target, grant.Context, [.. arguments.Skip(1)]);
    }
}
