using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines;

/// <summary>All that happened on one machine, in order: the tests' truth. Safe for use by several threads.</summary>
public sealed class History(LabClock clock)
{
    private readonly Lock _gate = new();
    private readonly List<HistoryEntry> _entries = [];

    /// <summary>Raised after an entry was added, outside all locks of the history.</summary>
    public event Action<HistoryEntry>? Added;

    /// <summary>Off while a machine is built from its profile: that is not history.</summary>
    internal bool Recording { get; set; }

    /// <summary>All entries so far.</summary>
    public IReadOnlyList<HistoryEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>Adds an entry with the lab time of now.</summary>
    /// <param name="kind">program-start, program, task, registry, file, service, reboot, boot, logon, ipsec, firewall, network, package, trouble, account, rpc.</param>
    /// <param name="fields">Name and value of the further fields; values are string, bool, int, long, null or <see cref="JsonNode"/>.</param>
    public void Add(string kind, params ReadOnlySpan<(string Name, object? Value)> fields)
    {
        if (!Recording)
        {
            return;
        }

        JsonObject data = [];
        foreach ((string name, object? value) in fields)
        {
            data[name] = value switch
            {
                null => null,
                JsonNode node => node.DeepClone(),
                string text => JsonValue.Create(text),
                bool flag => JsonValue.Create(flag),
                int number => JsonValue.Create(number),
                long number => JsonValue.Create(number),
                DateTimeOffset time => JsonValue.Create(LabTime.Iso(time)),
                _ => throw new ArgumentException($"a history field cannot hold {value.GetType()}"),
            };
        }

        HistoryEntry entry;
        lock (_gate)
        {
            entry = new HistoryEntry(clock.UtcNow, kind, data);
            _entries.Add(entry);
        }

        Added?.Invoke(entry);
    }

    /// <summary>The entries as the wire sends them.</summary>
    public JsonArray ToJson() => [.. Entries.Select(e => (JsonNode)e.ToJson())];
}
