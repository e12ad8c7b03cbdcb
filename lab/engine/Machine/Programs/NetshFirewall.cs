using System.Globalization;
using System.Net;

namespace Firebreak.Lab.Machines;

/// <summary>netsh firewall of XP SP2 and Server 2003 SP1: opmode, exceptions of ports, the one for remote administration.</summary>
internal static class NetshFirewall
{
    private static readonly string[] s_scope = ["mode", "scope", "addresses", "profile"];

    public static ProgramResult Run(Machine machine, IReadOnlyList<string> words, ProgramContext context)
    {
        if (!context.IsAdmin)
        {
            return new(1, "The requested operation requires administrator rights.\r\n");
        }

        if (!machine.Exceptions.IsRunning)
        {
            return new(1, "\r\nWindows Firewall/Internet Connection Sharing service has not been started.\r\n\r\n");
        }

        string[] command = [.. words.Take(2).Select(w => w.ToLowerInvariant())];
        try
        {
            return command switch
            {
                ["set", "opmode"] => SetMode(machine, words.Skip(2)),
                ["add" or "set", "portopening"] => SetPort(machine, words.Skip(2)),
                ["delete", "portopening"] => DeletePort(machine, words.Skip(2)),
                ["set", "service"] => SetService(machine, words.Skip(2)),
                _ => throw new LabRefusalException($"netsh firewall {string.Join(' ', words)}"),
            };
        }
        catch (NetshException e)
        {
            return new(1, $"\r\n{e.Message}\r\n\r\n");
        }
    }

    private static ProgramResult SetMode(Machine machine, IEnumerable<string> words)
    {
        NetshTags tags = new(words, ["mode", "exceptions", "profile"], "interface");
        bool enabled = Enabled(tags.Need("mode"));
        bool exceptions = Enabled(tags.Get("exceptions") ?? "ENABLE");
        foreach (string profile in Profiles(machine, tags))
        {
            machine.Exceptions.SetSwitch(profile, enabled, exceptions);
        }

        return Ok();
    }

    private static ProgramResult SetPort(Machine machine, IEnumerable<string> words)
    {
        NetshTags tags = new(words, ["protocol", "port", "name", .. s_scope], "interface");
        string[] names = Ports(tags);
        string mode = Enabled(tags.Get("mode") ?? "ENABLE") ? "Enabled" : "Disabled";
        string scope = Scope(tags);
        foreach (string profile in Profiles(machine, tags))
        {
            foreach (string name in names)
            {
                string title = tags.Get("name") ?? machine.Exceptions.Port(profile, name)?.Split(':', 5).Last() ?? throw new NetshException("The name of a new exception is required.");
                machine.Exceptions.SetPort(profile, name, $"{name}:{scope}:{mode}:{title}");
            }
        }

        return Ok();
    }

    private static ProgramResult DeletePort(Machine machine, IEnumerable<string> words)
    {
        NetshTags tags = new(words, ["protocol", "port", "profile"], "interface");
        string[] names = Ports(tags);
        bool isGone = false;
        foreach (string profile in Profiles(machine, tags))
        {
            foreach (string name in names)
            {
                isGone |= machine.Exceptions.RemovePort(profile, name);
            }
        }

        return isGone ? Ok() : throw new NetshException("The system cannot find the file specified.");
    }

    private static ProgramResult SetService(Machine machine, IEnumerable<string> words)
    {
        NetshTags tags = new(words, ["type", .. s_scope]);
        if (!tags.Need("type").Equals("REMOTEADMIN", StringComparison.OrdinalIgnoreCase))
        {
            throw new LabRefusalException($"netsh firewall set service type={tags.Get("type")}");
        }

        bool enabled = Enabled(tags.Get("mode") ?? "ENABLE");
        string scope = Scope(tags);
        foreach (string profile in Profiles(machine, tags))
        {
            machine.Exceptions.SetRemoteAdmin(profile, enabled, scope);
        }

        return Ok();
    }

    private static string[] Ports(NetshTags tags)
    {
        string[] protocols = tags.Need("protocol").ToUpperInvariant() switch
        {
            "TCP" => ["TCP"],
            "UDP" => ["UDP"],
            "ALL" => ["TCP", "UDP"],
            _ => throw new NetshException("The protocol is TCP, UDP or ALL."),
        };
        int port = tags.Port("port");
        return port == 0
            ? throw new NetshException("A port is required.")
            : [.. protocols.Select(protocol => string.Create(CultureInfo.InvariantCulture, $"{port}:{protocol}"))];
    }

    private static string[] Profiles(Machine machine, NetshTags tags) => (tags.Get("profile") ?? "CURRENT").ToUpperInvariant() switch
    {
        "CURRENT" => [machine.Exceptions.ActiveProfile],
        "DOMAIN" => ["Domain"],
        "STANDARD" => ["Standard"],
        "ALL" => [.. ExceptionFirewall.Profiles],
        _ => throw new NetshException("The profile is CURRENT, DOMAIN, STANDARD or ALL."),
    };

    private static bool Enabled(string word) => word.ToUpperInvariant() switch
    {
        "ENABLE" => true,
        "DISABLE" => false,
        _ => throw new NetshException("The mode is ENABLE or DISABLE."),
    };

    // As it is stored: every address with its mask.
    private static string Scope(NetshTags tags)
    {
        string word = (tags.Get("scope") ?? "ALL").ToUpperInvariant();
        string? addresses = tags.Get("addresses");
        if (word != "CUSTOM")
        {
            return word is not ("ALL" or "SUBNET") ? throw new NetshException("The scope is ALL, SUBNET or CUSTOM.")
                : addresses is not null ? throw new NetshException("Addresses need the scope CUSTOM.")
                : word == "ALL" ? "*" : "LocalSubNet";
        }

        return string.Join(',', (addresses ?? throw new NetshException("The scope CUSTOM needs addresses.")).Split(',').Select(Stored));
    }

    private static string Stored(string part)
    {
        if (part.Equals("LocalSubnet", StringComparison.OrdinalIgnoreCase))
        {
            return "LocalSubNet";
        }

        if (part.Contains('-', StringComparison.Ordinal) || part == "*" || !AddressRange.TryParse(part, out AddressRange range))
        {
            throw new NetshException($"'{part}' is no address.");
        }

        return $"{Text(range.First)}/{Text(~(range.First ^ range.Last))}";
    }

    private static string Text(uint number) => new IPAddress(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(number)).ToString();

    private static ProgramResult Ok() => new(0, "Ok.\r\n\r\n");
}
