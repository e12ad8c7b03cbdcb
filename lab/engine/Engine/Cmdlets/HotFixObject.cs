using System.Globalization;
using System.Management.Automation;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets;

/// <summary>An entry of Win32_QuickFixEngineering as Get-HotFix shows it.</summary>
internal static class HotFixObject
{
    /// <summary>Describes it; InstalledOn is the date as a DateTime, as the type extension on Windows makes it.</summary>
    public static PSObject Describe(Hotfix hotfix)
    {
        var result = new PSObject();
        result.Properties.Add(new PSNoteProperty("PSComputerName", SessionContext.Current.Machine.Name));
        result.Properties.Add(new PSNoteProperty("InstalledOn", hotfix.InstalledOn.ToDateTime(TimeOnly.MinValue)));
        result.Properties.Add(new PSNoteProperty("Caption", Caption(hotfix)));
        result.Properties.Add(new PSNoteProperty("CSName", SessionContext.Current.Machine.Name));
        result.Properties.Add(new PSNoteProperty("Description", hotfix.Description));
        result.Properties.Add(new PSNoteProperty("HotFixID", hotfix.Id));
        result.Properties.Add(new PSNoteProperty("InstalledBy", hotfix.InstalledBy));
        result.Properties.Add(new PSNoteProperty("FixComments", ""));
        result.Properties.Add(new PSNoteProperty("ServicePackInEffect", hotfix.ServicePackInEffect));
        // Last: by its type it has an InstalledOn already, which cannot be added then.
        result.TypeNames.Insert(0, @"System.Management.ManagementObject#root\cimv2\Win32_QuickFixEngineering");
        return result;
    }

    /// <summary>Where to read about it; empty where its id is no number of an article.</summary>
    public static string Caption(Hotfix hotfix) => hotfix.Id.TrimStart('K', 'B', 'Q') is { Length: > 0 } number && number.All(char.IsAsciiDigit)
        ? "http://support.microsoft.com/?kbid=" + number
        : "";

    /// <summary>The date as WMI has it: text, month first.</summary>
    public static string WmiDate(Hotfix hotfix) => hotfix.InstalledOn.ToString("M/d/yyyy", CultureInfo.InvariantCulture);
}
