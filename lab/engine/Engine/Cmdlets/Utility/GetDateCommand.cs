using System.Globalization;
using System.Management.Automation;
using Firebreak.Lab.Engine.Sessions;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Date: the machine's local time on the lab's clock.</summary>
[Cmdlet(VerbsCommon.Get, "Date", DefaultParameterSetName = "net")]
public sealed class GetDateCommand : PSCmdlet
{
    /// <summary>A time instead of now.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("LastWriteTime")]
    public DateTime? Date { get; set; }

    /// <summary>Year.</summary>
    [Parameter, ValidateRange(1, 9999)]
    public int? Year { get; set; }

    /// <summary>Month.</summary>
    [Parameter, ValidateRange(1, 12)]
    public int? Month { get; set; }

    /// <summary>Day.</summary>
    [Parameter, ValidateRange(1, 31)]
    public int? Day { get; set; }

    /// <summary>Hour.</summary>
    [Parameter, ValidateRange(0, 23)]
    public int? Hour { get; set; }

    /// <summary>Minute.</summary>
    [Parameter, ValidateRange(0, 59)]
    public int? Minute { get; set; }

    /// <summary>Second.</summary>
    [Parameter, ValidateRange(0, 59)]
    public int? Second { get; set; }

    /// <summary>What the default format shows.</summary>
    [Parameter]
    public DisplayHintType DisplayHint { get; set; } = DisplayHintType.DateTime;

    /// <summary>.NET format.</summary>
    [Parameter(ParameterSetName = "net")]
    public string? Format { get; set; }

    /// <summary>Unix format.</summary>
    [Parameter(ParameterSetName = "UFormat")]
    public string? UFormat { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        DateTime time = Date ?? SessionContext.Current.Now;
        if (Year is { } year) { time = time.AddYears(year - time.Year); }
        if (Month is { } month) { time = time.AddMonths(month - time.Month); }
        if (Day is { } day) { time = time.AddDays(day - time.Day); }
        if (Hour is { } hour) { time = time.AddHours(hour - time.Hour); }
        if (Minute is { } minute) { time = time.AddMinutes(minute - time.Minute); }
        if (Second is { } second) { time = time.AddSeconds(second - time.Second); }
        if (UFormat is not null)
        {
            throw new Firebreak.Lab.Machines.LabRefusalException("Get-Date -UFormat");
        }
        if (Format is not null)
        {
            WriteObject(time.ToString(Format, CultureInfo.CurrentCulture));
            return;
        }
        var result = new PSObject(time);
        result.Properties.Add(new PSNoteProperty("DisplayHint", DisplayHint));
        WriteObject(result);
    }
}
