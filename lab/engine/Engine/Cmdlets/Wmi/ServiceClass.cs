using System.Globalization;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_Service.</summary>
internal sealed class ServiceClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "Win32_Service";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["Name"];

    /// <inheritdoc/>
    public override IReadOnlyList<WmiMethod> Methods { get; } =
    [
        new("StartService", [], (context, service, _) => Control(context, service, () => context.Machine.Services.Start(NameOf(service)))),
        new("StopService", [], (context, service, _) => Control(context, service, () => context.Machine.Services.Stop(NameOf(service)))),
        new("Delete", [], (context, service, _) => Control(context, service, () => context.Machine.Services.Delete(NameOf(service)))),
        new("ChangeStartMode", ["StartMode"], (context, service, arguments) => Control(context, service, () =>
            context.Machine.Services.SetStart(NameOf(service), Convert.ToString(arguments.GetValueOrDefault("StartMode"), CultureInfo.InvariantCulture) switch
            {
                "Auto" or "Automatic" => ServiceStart.Automatic,
                "Manual" => ServiceStart.Manual,
                "Disabled" => ServiceStart.Disabled,
                "Boot" => ServiceStart.Boot,
                "System" => ServiceStart.System,
                // 21: invalid parameter
                _ => throw new LabWin32Exception(87, "The parameter is incorrect."),
            }))),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context) =>
        context.Machine.Services.All.Select(s => (IReadOnlyList<(string Name, object? Value)>)
        [
            ("Name", s.Name),
            ("DisplayName", s.DisplayName),
            ("Caption", s.DisplayName),
            ("State", s.State.ToString()),
            ("Started", s.State == ServiceState.Running),
            ("StartMode", s.Start == ServiceStart.Automatic ? "Auto" : s.Start.ToString()),
            ("StartName", s.Account),
            ("PathName", context.Machine.Files.Expand(s.ImagePath)),
            ("ProcessId", (uint)s.ProcessId),
            ("AcceptStop", s.CanStop && s.State == ServiceState.Running),
            ("AcceptPause", false),
            ("ExitCode", s.State == ServiceState.Running ? 0U : 1077U),
            ("ServiceType", "Share Process"),
            ("SystemName", context.Machine.Name),
            ("Status", "OK"),
        ]);

    private static string NameOf(WmiInstance? service) => (string)(service?["Name"] ?? throw WmiException.InvalidMethod());

    // Return values of Win32_Service's methods as documented.
    private static WmiResult Control(SessionContext context, WmiInstance? service, Action action)
    {
        _ = NameOf(service);
        if (!context.Program.IsAdmin)
        {
            return WmiResult.Code(2);
        }
        try
        {
            action();
            return WmiResult.Code(0);
        }
        catch (LabWin32Exception error)
        {
            return WmiResult.Code(error.Code switch
            {
                1051 => 3,
                1052 => 4,
                1062 => 5,
                1056 => 10,
                1058 => 14,
                1053 => 7,
                1072 => 16,
                87 => 21,
                _ => 8U,
            });
        }
    }
}
