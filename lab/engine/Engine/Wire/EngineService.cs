using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Firebreak.Lab.Engine.Programs;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Wire;

/// <summary>Does what the fleet asks for (the table of requests in lab/README.md).</summary>
internal sealed class EngineService(WireWriter wire) : IDisposable
{
    private const string ConfigurationPrefix = "http://schemas.microsoft.com/powershell/";
    private static readonly string[] OwnConfigurations = ["Microsoft.PowerShell", "Microsoft.PowerShell32", "Microsoft.PowerShell.Workflow"];
    /// <summary>Version of the wire.</summary>
    public const int Version = 1;

    private static readonly JsonSerializerOptions TroubleOptions = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };
    private readonly LabClock _clock = new();
    private readonly LabNetwork _network = new();
    private readonly ConcurrentDictionary<string, LabHost> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<Guid, LabSession> _sessions = new();
    private readonly ConcurrentDictionary<Guid, TextShell> _texts = new();

    /// <summary>Does one request; the result is the reply's.</summary>
    /// <exception cref="WireError">It cannot be done.</exception>
    public async Task<JsonNode?> Do(WireRequest request)
    {
        switch (request.Op)
        {
            case "hello": return new JsonObject { ["version"] = Version };
            case "host.create": return CreateHost(request);
            case "host.trouble": return Trouble(request);
            case "host.status": return Status(Host(request));
            case "host.history": return new JsonObject { ["entries"] = Host(request).Machine.History.ToJson() };
            case "host.registry": return Registry(request);
            case "front.closed": Host(request).Machine.Ports.FrontClosed(); return null;
            case "clock.advance": await Task.Run(() => _clock.AdvanceBy(TimeSpan.FromSeconds(request.Number("seconds")))).ConfigureAwait(false); return null;
            case "logon": return Logon(request);
            case "session.open": await Open(request).ConfigureAwait(false); return null;
            case "session.command": await Session(request).Command(request.Id128("command"), request.Bytes("data")).ConfigureAwait(false); return null;
            case "session.connect": return new JsonObject { ["data"] = Convert.ToBase64String(await Session(request).Connect(request.Bytes("data")).ConfigureAwait(false)) };
            case "session.send": await Session(request).Send(request.OptionalId128("command"), request.Text("stream"), request.Bytes("data")).ConfigureAwait(false); return null;
            case "session.signal": await Session(request).Signal(request.Id128("command"), IsTerminate(request)).ConfigureAwait(false); return null;
            case "session.close": Session(request).End("closed by the client"); return null;
            case "text.open": OpenText(request); return null;
            case "text.command": Text(request).Start(request.Id128("command"), request.Text("line"), request.Flag("program"), request.Flag("input")); return null;
            case "text.send": Text(request).Input(request.Id128("command"), request.Bytes("data"), request.Flag("end")); return null;
            case "text.signal": Text(request).Signal(request.Id128("command"), IsTerminate(request)); return null;
            case "text.close": Text(request).End("closed by the client"); return null;
            case var op when op.StartsWith(FileOperations.Prefix, StringComparison.Ordinal): return FileOperations.Do(Host(request).Machine, request);
            default: throw new WireError("lab.unknown-op", $"the engine has no operation '{request.Op}'");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LabSession session in _sessions.Values)
        {
            session.End("the lab ends");
        }
        foreach (TextShell shell in _texts.Values)
        {
            shell.End("the lab ends");
        }
        foreach (LabHost host in _hosts.Values)
        {
            host.Machine.Dispose();
        }
        _clock.Dispose();
    }

    private static bool IsTerminate(WireRequest request) => request.Text("code") switch
    {
        "terminate" => true,
        "ctrl_c" => false,
        string other => throw new WireError("lab.bad-request", $"session.signal: unknown code '{other}'"),
    };

    private JsonObject CreateHost(WireRequest request)
    {
        string name = request.Text("host");
        if (!IPAddress.TryParse(request.Text("address"), out IPAddress? address))
        {
            throw new WireError("lab.bad-request", "host.create: 'address' must be an IP address");
        }
        Machine machine;
        try
        {
            JsonElement profile = JsonSerializer.SerializeToElement(request.Node("machine") ?? throw new JsonException("there is no 'machine'"));
            machine = Machine.FromJson(name, address, profile, _clock);
        }
        catch (Exception error) when (error is JsonException or FormatException or ArgumentException)
        {
            throw new WireError("lab.bad-profile", $"{name}: {error.Message}");
        }
        var host = new LabHost(machine);
        if (!_hosts.TryAdd(name, host))
        {
            machine.Dispose();
            throw new WireError("lab.duplicate-host", $"there is a host '{name}' already");
        }
        foreach (JsonNode? file in request.Node("files") as JsonArray ?? [])
        {
            WriteFile(machine, file);
        }
        machine.PowerShellRunner = PowerShellProgram.Run;
        machine.Up += () => wire.HostUp(name);
        machine.Down += why => wire.HostDown(name, why);
        _network.Join(machine);
        machine.Start();
        var ports = new JsonObject();
        foreach ((int windows, int bound) in machine.Ports.TcpMapping.OrderBy(p => p.Key))
        {
            ports[windows.ToString(CultureInfo.InvariantCulture)] = bound;
        }
        return new JsonObject { ["ports"] = ports };
    }

    private static void WriteFile(Machine machine, JsonNode? file)
    {
        string path = file?["path"]?.GetValue<string>() ?? throw new WireError("lab.bad-request", "host.create: a file needs a path");
        byte[] bytes = Convert.FromBase64String(file["bytes"]?.GetValue<string>() ?? "");
        string full = machine.Files.Normalize(path);
        machine.Files.CreateFolder(full[..full.LastIndexOf('\\')] is { Length: > 2 } folder ? folder : @"C:\");
        machine.Files.WriteBytes(full, bytes);
    }

    private JsonNode? Trouble(WireRequest request)
    {
        JsonObject options = request.Node("options")?.DeepClone() as JsonObject ?? [];
        options["kind"] = request.Text("kind");
        try
        {
            TroubleProfile trouble = options.Deserialize<TroubleProfile>(TroubleOptions) ?? throw new JsonException("no trouble");
            Host(request).Machine.Trouble.Add(trouble);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new WireError("lab.bad-trouble", error.Message);
        }
        return null;
    }

    private static JsonObject Status(LabHost host)
    {
        Machine machine = host.Machine;
        return new JsonObject
        {
            ["power"] = machine.Power.State switch
            {
                PowerState.Off => "off",
                PowerState.Booting => "booting",
                _ => "on",
            },
            ["network"] = machine.Network.IsUp ? "up" : "down",
            ["bootTime"] = LabTime.Iso(machine.Power.BootTime),
            ["sessions"] = host.Sessions.Count + host.Texts.Count,
            ["os"] = new JsonObject { ["version"] = machine.Os.Version, ["ubr"] = machine.Os.Ubr },
            ["installed"] = new JsonArray([.. machine.Packages.Installed.Select(p => (JsonNode)p)]),
            ["ipsec"] = new JsonObject { ["assigned"] = machine.Ipsec.AssignedPolicy },
            ["pendingReboot"] = new JsonArray([.. machine.Power.PendingReasons.Select(p => (JsonNode)p)]),
        };
    }

    private JsonNode? Registry(WireRequest request)
    {
        string key = request.OptionalText("key") ?? IpsecState.LocalKey;
        try
        {
            return Host(request).Machine.Registry.Export(key);
        }
        catch (ArgumentException error)
        {
            throw new WireError("lab.bad-request", error.Message);
        }
    }

    private JsonObject Logon(WireRequest request)
    {
        LogonResult result = Host(request).Machine.Accounts.Logon(request.Text("user"), request.Text("password"), Logon(request.OptionalText("auth")));
        return new JsonObject { ["granted"] = result.Granted, ["admin"] = result.Admin, ["account"] = result.Account, ["reason"] = result.Reason };
    }

    private async Task Open(WireRequest request)
    {
        LabHost host = Host(request);
        Machine machine = host.Machine;
        Guid id = request.Id128("session");
        if (machine.Power.State != PowerState.On)
        {
            throw new WireError("lab.host-down", $"{machine.Host} is not running");
        }
        if (machine.PowerShell is null)
        {
            throw new WireError("lab.no-powershell", $"{machine.Host} has no PowerShell");
        }
        ProgramContext program = Caller(request, machine);
        string uri = Configuration(request);
        SessionConfigurationProfile? configuration = Limits(machine, uri[ConfigurationPrefix.Length..]);
        // Behind SSH it is PowerShell itself.
        bool isProgram = request.Flag("program");
        string image = isProgram ? @"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" : @"C:\Windows\System32\wsmprovhost.exe";
        string name = image[(image.LastIndexOf('\\') + 1)..];
        LabProcess process = machine.Processes.Add(name, image, image + (isProgram ? " -s -NoLogo -NoProfile" : " -Embedding"), program.Account, 640, out CancellationToken ended);
        var session = new LabSession(id, new SessionContext(machine, program with { ProcessId = process.Id }, process.Id, isRemote: true) { Configuration = configuration }, wire, gone =>
        {
            _sessions.TryRemove(gone.Id, out _);
            host.Sessions.TryRemove(gone.Id, out _);
        });
        if (!_sessions.TryAdd(id, session))
        {
            machine.Processes.Exit(process.Id);
            throw new WireError("lab.duplicate-session", $"there is a session {id} already");
        }
        host.Sessions[id] = session;
        ended.Register(() => session.End(machine.Power.State == PowerState.On ? "the session's process was ended" : "the machine went down"));
        try
        {
            await session.Open(uri, request.OptionalText("clientAddress") ?? "", request.Bytes("data")).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            session.End(error.Message);
            throw;
        }
    }

    private void OpenText(WireRequest request)
    {
        LabHost host = Host(request);
        Machine machine = host.Machine;
        Guid id = request.Id128("session");
        if (machine.Power.State != PowerState.On)
        {
            throw new WireError("lab.host-down", $"{machine.Host} is not running");
        }
        ProgramContext program = Caller(request, machine);
        Encoding encoding;
        try
        {
            encoding = Encoding.GetEncoding(request.OptionalText("codepage") is { } page ? int.Parse(page, CultureInfo.InvariantCulture) : Oem(machine));
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or FormatException or OverflowException)
        {
            throw new WireError("lab.bad-codepage", $"there is no code page {request.OptionalText("codepage")}");
        }
        string folder = $@"C:\Users\{program.Account[(program.Account.LastIndexOf('\\') + 1)..]}";
        if (request.OptionalText("directory") is { } wanted)
        {
            folder = machine.Files.Expand(wanted);
            if (!machine.Files.FolderExists(folder))
            {
                throw new WireError("lab.no-directory", "The directory name is invalid. ");
            }
            folder = machine.Files.Normalize(folder);
        }
        var environment = (request.Node("environment") as JsonObject ?? []).ToDictionary(v => v.Key, v => v.Value?.ToString() ?? "", StringComparer.OrdinalIgnoreCase);
        const string Image = @"C:\Windows\System32\winrshost.exe";
        LabProcess process = machine.Processes.Add("winrshost.exe", Image, Image + " -Embedding", program.Account, 640, out CancellationToken ended);
        program = program with { ProcessId = process.Id, CurrentDirectory = machine.Files.FolderExists(folder) ? folder : @"C:\", Environment = environment };
        var shell = new TextShell(id, machine, program, encoding, wire, gone =>
        {
            _texts.TryRemove(gone.Id, out _);
            host.Texts.TryRemove(gone.Id, out _);
        });
        if (!_texts.TryAdd(id, shell))
        {
            machine.Processes.Exit(process.Id);
            throw new WireError("lab.duplicate-session", $"there is a session {id} already");
        }
        host.Texts[id] = shell;
        ended.Register(() => shell.End(machine.Power.State == PowerState.On ? "the shell's process was ended" : "the machine went down"));
    }

    // Whom the front has let in, and how.
    private static ProgramContext Caller(WireRequest request, Machine machine)
    {
        string user = request.Text("user");
        Account account = machine.Accounts.Find(user) ?? throw new WireError("lab.no-account", $"{machine.Host} has no account '{user}'");
        return new ProgramContext { Account = $"{machine.Name}\\{account.Name}", IsAdmin = account.Admin, Logon = Logon(request.OptionalText("auth")) };
    }

    // Only Basic brings the password to the machine, which can then log on further with it.
    private static LogonKind Logon(string? auth) => auth switch
    {
        null or "basic" => LogonKind.NetworkCleartext,
        "ntlm" or "kerberos" or "certificate" => LogonKind.Network,
        string other => throw new WireError("lab.bad-request", $"unknown auth '{other}'"),
    };

    private static int Oem(Machine machine) => machine.Os.Culture.StartsWith("ja", StringComparison.OrdinalIgnoreCase) ? 932 : 437;

    // A name alone stands for its URI.
    private static string Configuration(WireRequest request)
    {
        string given = request.OptionalText("configuration") ?? "Microsoft.PowerShell";
        return given.StartsWith(ConfigurationPrefix, StringComparison.OrdinalIgnoreCase) ? given : ConfigurationPrefix + given;
    }

    // Null: one of PowerShell's own, which limit nothing.
    private static SessionConfigurationProfile? Limits(Machine machine, string name)
    {
        if (OwnConfigurations.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }
        return machine.PowerShell?.Configurations.FirstOrDefault(c => c.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value
            ?? throw new WireError("lab.no-configuration", $"{machine.Host} has no session configuration '{name}'");
    }

    private LabHost Host(WireRequest request) => _hosts.TryGetValue(request.Text("host"), out LabHost? host)
        ? host
        : throw new WireError("lab.no-host", $"the lab has no host '{request.Text("host")}'");

    private TextShell Text(WireRequest request) => _texts.TryGetValue(request.Id128("session"), out TextShell? shell)
        ? shell
        : throw new WireError("lab.no-session", $"there is no text shell {request.Id128("session")}");

    private LabSession Session(WireRequest request) => _sessions.TryGetValue(request.Id128("session"), out LabSession? session)
        ? session
        : throw new WireError("lab.no-session", $"there is no session {request.Id128("session")}");
}
