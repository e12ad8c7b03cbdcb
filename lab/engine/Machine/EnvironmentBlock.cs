namespace Firebreak.Lab.Machines;

/// <summary>Environment variables as processes of an account see them.</summary>
internal static class EnvironmentBlock
{
    /// <summary>Where the profiles of users are.</summary>
    public static string UsersFolder(OsIdentity os) => os.Number.Major switch
    {
        4 => os.SystemRoot + @"\Profiles",
        5 => @"C:\Documents and Settings",
        _ => @"C:\Users",
    };

    public static Dictionary<string, string> Of(MachineProfile profile, string account)
    {
        bool system = account.Length == 0 || account.StartsWith("NT AUTHORITY", StringComparison.OrdinalIgnoreCase);
        string user = system ? profile.Name + "$" : account[(account.LastIndexOf('\\') + 1)..];
        OsIdentity os = new(profile.Os);
        string root = os.SystemRoot;
        string home = system ? $@"{root}\System32\config\systemprofile" : $@"{UsersFolder(os)}\{user}";
        string temp = system || os.Number.Major == 4 ? $@"{root}\TEMP" : $@"{home}\{(os.IsLegacy ? "Local Settings" : @"AppData\Local")}\Temp";
        Dictionary<string, string> block = new(StringComparer.OrdinalIgnoreCase)
        {
            ["ComSpec"] = $@"{root}\System32\cmd.exe",
            ["COMPUTERNAME"] = profile.Name,
            ["NUMBER_OF_PROCESSORS"] = "2",
            ["OS"] = "Windows_NT",
            ["Path"] = $@"{root}\system32;{root};{root}\System32\Wbem",
            ["PATHEXT"] = ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC",
            ["PROCESSOR_ARCHITECTURE"] = os.Architecture,
            ["ProgramFiles"] = @"C:\Program Files",
            ["CommonProgramFiles"] = @"C:\Program Files\Common Files",
            ["SystemDrive"] = "C:",
            ["SystemRoot"] = root,
            ["TEMP"] = temp,
            ["TMP"] = temp,
            ["USERDOMAIN"] = system ? profile.Os.Workgroup : profile.Name,
            ["USERNAME"] = user,
            ["USERPROFILE"] = home,
            ["windir"] = root,
        };
        if (!os.IsLegacy)
        {
            block["Path"] += $@";{root}\System32\WindowsPowerShell\v1.0\";
            block["ALLUSERSPROFILE"] = @"C:\ProgramData";
            block["APPDATA"] = $@"{home}\AppData\Roaming";
            block["LOCALAPPDATA"] = $@"{home}\AppData\Local";
            block["ProgramData"] = @"C:\ProgramData";
            block["PUBLIC"] = @"C:\Users\Public";
        }
        else if (os.Number.Major == 5)
        {
            block["ALLUSERSPROFILE"] = $@"{UsersFolder(os)}\All Users";
            block["APPDATA"] = $@"{home}\Application Data";
        }

        if (profile.Os.Arch != "x86")
        {
            block["ProgramFiles(x86)"] = @"C:\Program Files (x86)";
            block["ProgramW6432"] = @"C:\Program Files";
        }

        foreach ((string name, string value) in profile.Environment)
        {
            block[name] = value;
        }

        return block;
    }
}
