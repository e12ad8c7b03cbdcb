namespace Firebreak.Lab.Engine.Shell;

/// <summary>
/// The command line as PowerShell's console host reads it (about_PowerShell_exe, about_Pwsh), as far as it asks for a
/// server on the standard streams; anything else is refused.
/// </summary>
internal sealed class ConsoleArguments
{
    // Switches without an effect on a server.
    private static readonly string[] Ignored = ["nologo", "noprofile", "noninteractive", "noexit", "sta", "mta", "login"];

    /// <summary>The arguments as they were.</summary>
    public string Text { get; private init; } = "";

    /// <summary>What is wrong with them, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>Reads them.</summary>
    public static ConsoleArguments Parse(IEnumerable<string> arguments)
    {
        string[] given = [.. arguments];
        var result = new ConsoleArguments { Text = string.Join(' ', given) };
        bool isServer = false;
        for (int i = 0; i < given.Length && result.Error is null; i++)
        {
            string name = given[i].TrimStart('-', '/').ToLowerInvariant();
            switch (name)
            {
                case "s" or "servermode":
                    isServer = true;
                    break;
                // What a server reads from its standard input are packets, so a dash adds nothing.
                case "c" or "command" when i + 1 < given.Length && given[i + 1] == "-":
                    i++;
                    break;
                case "ep" or "executionpolicy":
                    i++;
                    break;
                default:
                    result.Error = name.Length >= 3 && Ignored.Any(known => known.StartsWith(name, StringComparison.Ordinal))
                        ? null : $"The lab has no powershell.exe {given[i]} on a console";
                    break;
            }
        }
        result.Error ??= isServer ? null : "The lab has no interactive powershell.exe on a console: give -s";
        return result;
    }
}
