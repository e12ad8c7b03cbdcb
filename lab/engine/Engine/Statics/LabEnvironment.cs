using System.Collections;
using System.Text.RegularExpressions;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[System.Environment] of the session's process on its machine.</summary>
public static partial class LabEnvironment
{
    private static SessionContext Context => SessionContext.Current;

    /// <summary>Name of the machine.</summary>
    public static string MachineName => Context.Machine.Name;

    /// <summary>Name of the user.</summary>
    public static string UserName => Context.Account[(Context.Account.LastIndexOf('\\') + 1)..];

    /// <summary>Domain of the user.</summary>
    public static string UserDomainName => Context.Account.Contains('\\', StringComparison.Ordinal) ? Context.Account[..Context.Account.IndexOf('\\', StringComparison.Ordinal)] : MachineName;

    /// <summary>CR LF.</summary>
    public static string NewLine => "\r\n";

    /// <summary>C:\Windows\system32.</summary>
    public static string SystemDirectory => @"C:\Windows\system32";

    /// <summary>The session's folder.</summary>
    public static string CurrentDirectory => Context.CurrentDirectory;

    /// <summary>Processors that the machine shows.</summary>
    public static int ProcessorCount => int.TryParse(GetEnvironmentVariable("NUMBER_OF_PROCESSORS"), out int count) ? count : 2;

    /// <summary>Milliseconds since the boot.</summary>
    public static int TickCount => unchecked((int)TickCount64);

    /// <summary>Milliseconds since the boot.</summary>
    public static long TickCount64 => (long)(Context.Machine.Clock.UtcNow - Context.Machine.Power.BootTime).TotalMilliseconds;

    /// <summary>Version of Windows.</summary>
    public static OperatingSystem OSVersion => new(PlatformID.Win32NT, System.Version.Parse(Context.Machine.Os.Version + ".0"));

    /// <summary>Version of the runtime as Windows PowerShell shows it.</summary>
    public static Version Version => Context.PSVersion.Major >= 3 ? new Version(4, 0, 30319, 42000) : new Version(2, 0, 50727, 5420);

    /// <summary>Whether Windows is 64-bit.</summary>
    public static bool Is64BitOperatingSystem => Context.Machine.Os.Is64Bit;

    /// <summary>Whether the process is 64-bit: always as Windows is.</summary>
    public static bool Is64BitProcess => Context.Machine.Os.Is64Bit;

    /// <summary>Id of the session's process.</summary>
    public static int ProcessId => Context.ProcessId;

    /// <summary>Whether someone could answer a prompt.</summary>
    public static bool UserInteractive => !Context.IsRemote;

    /// <summary>A variable of the process, or null.</summary>
    public static string? GetEnvironmentVariable(string variable) => Context.Environment.GetValueOrDefault(variable);

    /// <summary>A variable of the process or of the machine.</summary>
    public static string? GetEnvironmentVariable(string variable, EnvironmentVariableTarget target) => target == EnvironmentVariableTarget.Process
        ? GetEnvironmentVariable(variable)
        : Context.Machine.EnvironmentOf(Context.Account).FirstOrDefault(v => v.Key.Equals(variable, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>All variables of the process.</summary>
    public static IDictionary GetEnvironmentVariables() => new Hashtable(Context.Environment.ToDictionary());

    /// <summary>Sets a variable of the process; empty removes it.</summary>
    public static void SetEnvironmentVariable(string variable, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            Context.Environment.TryRemove(variable, out _);
        }
        else
        {
            Context.Environment[variable] = value;
        }
    }

    /// <summary>Sets a variable of the process; of the machine or the user: not in the lab.</summary>
    public static void SetEnvironmentVariable(string variable, string? value, EnvironmentVariableTarget target)
    {
        if (target != EnvironmentVariableTarget.Process)
        {
            throw new LabRefusalException("lasting environment variables");
        }
        SetEnvironmentVariable(variable, value);
    }

    /// <summary>Replaces %NAME%.</summary>
    public static string ExpandEnvironmentVariables(string name) => Variable().Replace(name, m => GetEnvironmentVariable(m.Groups[1].Value) ?? m.Value);

    /// <summary>A known folder.</summary>
    public static string GetFolderPath(Environment.SpecialFolder folder) => folder switch
    {
        Environment.SpecialFolder.System or Environment.SpecialFolder.SystemX86 => SystemDirectory,
        Environment.SpecialFolder.Windows => @"C:\Windows",
        Environment.SpecialFolder.CommonApplicationData => GetEnvironmentVariable("ProgramData") ?? @"C:\ProgramData",
        Environment.SpecialFolder.ProgramFiles => GetEnvironmentVariable("ProgramFiles") ?? @"C:\Program Files",
        Environment.SpecialFolder.ProgramFilesX86 => GetEnvironmentVariable("ProgramFiles(x86)") ?? @"C:\Program Files",
        Environment.SpecialFolder.UserProfile => Home,
        Environment.SpecialFolder.MyDocuments => Home + @"\Documents",
        Environment.SpecialFolder.ApplicationData => Home + @"\AppData\Roaming",
        Environment.SpecialFolder.LocalApplicationData => Home + @"\AppData\Local",
        _ => throw new LabRefusalException("known folder " + folder),
    };

    /// <summary>Ends powershell.exe: only exit does in the lab.</summary>
    public static void Exit(int exitCode) => throw new LabRefusalException($"[Environment]::Exit({exitCode})");

    private static string Home => GetEnvironmentVariable("USERPROFILE") ?? $@"C:\Users\{UserName}";

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Variable();
}
