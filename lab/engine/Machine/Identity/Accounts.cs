using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>Local accounts, passwords and the lock-out counter.</summary>
public sealed class Accounts
{
    private readonly Machine _machine;
    private readonly LockoutProfile _policy;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    internal Accounts(Machine machine, MachineProfile profile)
    {
        _machine = machine;
        _policy = profile.Lockout;
        int rid = 1000;
        uint seed = BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes(profile.Name)));
        MachineSid = $"S-1-5-21-{seed}-{seed ^ 0x5bd1e995}-{seed ^ 0x1b873593}";
        foreach ((string name, AccountProfile account) in profile.Accounts)
        {
            int number = name.Equals("Administrator", StringComparison.OrdinalIgnoreCase) ? 500 : name.Equals("Guest", StringComparison.OrdinalIgnoreCase) ? 501 : ++rid;
            _entries[name] = new Entry(name, account, $"{MachineSid}-{number}");
        }
    }

    /// <summary>SID of the machine.</summary>
    public string MachineSid { get; }

    /// <summary>All accounts.</summary>
    public IReadOnlyList<Account> All
    {
        get
        {
            lock (_machine.Gate)
            {
                return [.. _entries.Values.Select(ToAccount)];
            }
        }
    }

    /// <summary>The policy of local accounts as net accounts shows it; all but the lock-out is Windows's default outside a domain.</summary>
    internal string PolicyText()
    {
        string never = _policy.Threshold == 0 ? "Never" : _policy.Threshold.ToString(CultureInfo.InvariantCulture);
        (string Label, string Value)[] lines =
        [
            ("Force user logoff how long after time expires?:", "Never"),
            ("Minimum password age (days):", "0"),
            ("Maximum password age (days):", "42"),
            ("Minimum password length:", "0"),
            ("Length of password history maintained:", "None"),
            ("Lockout threshold:", never),
            ("Lockout duration (minutes):", _policy.DurationMinutes.ToString(CultureInfo.InvariantCulture)),
            ("Lockout observation window (minutes):", _policy.WindowMinutes.ToString(CultureInfo.InvariantCulture)),
            ("Computer role:", _machine.Os.ProductType == 1 ? "WORKSTATION" : "SERVER"),
        ];
        return string.Concat(lines.Select(l => $"{l.Label,-53}{l.Value}\r\n")) + "The command completed successfully.\r\n\r\n";
    }

    /// <summary>The account of a name as user, .\user or MACHINE\user; null if there is none.</summary>
    public Account? Find(string user)
    {
        lock (_machine.Gate)
        {
            return FindEntry(user) is { } entry ? ToAccount(entry) : null;
        }
    }

    /// <summary>Checks a password, counts bad ones, writes the history.</summary>
    /// <param name="user">The account, as <see cref="Find"/> takes it.</param>
    /// <param name="password">Its password.</param>
    /// <param name="kind">How.</param>
    /// <param name="from">The machine of the lab it comes from, if it is one.</param>
    public LogonResult Logon(string user, string password, LogonKind kind = LogonKind.NetworkCleartext, string? from = null)
    {
        LogonResult result;
        lock (_machine.Gate)
        {
            result = Check(user, password, kind);
        }

        List<(string, object?)> fields = [("user", user), ("granted", result.Granted), ("reason", result.Reason), ("logon", kind.ToString())];
        if (from is not null)
        {
            fields.Add(("from", from));
        }

        _machine.History.Add("logon", [.. fields]);
        return result;
    }

    /// <summary>The password of an account that logged on with it: what its logon session can log on further with. Null: no such account.</summary>
    internal string? PasswordOf(string user)
    {
        lock (_machine.Gate)
        {
            return FindEntry(user)?.Profile.Password;
        }
    }

    private LogonResult Check(string user, string password, LogonKind kind)
    {
        if (FindEntry(user) is not { } entry)
        {
            return new(false, false, null, "unknown-user");
        }

        string account = $"{_machine.Name}\\{entry.Name}";
        DateTimeOffset now = _machine.Clock.UtcNow;
        if (entry.LockedUntil > now)
        {
            return new(false, false, account, "locked-out");
        }

        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes(entry.Profile.Password)))
        {
            entry.Bad.RemoveAll(t => t < now - TimeSpan.FromMinutes(_policy.WindowMinutes));
            entry.Bad.Add(now);
            if (_policy.Threshold > 0 && entry.Bad.Count >= _policy.Threshold)
            {
                entry.LockedUntil = now + TimeSpan.FromMinutes(_policy.DurationMinutes);
                entry.Bad.Clear();
            }

            return new(false, false, account, "bad-password");
        }

        entry.Bad.Clear();
        if (password.Length == 0 && kind is LogonKind.Network or LogonKind.NetworkCleartext && IsBlankLimited)
        {
            return new(false, false, account, "restricted");
        }

        return entry.Profile.Disabled ? new(false, false, account, "disabled") : new(true, entry.Profile.Admin, account, "ok");
    }

    // From XP on accounts without a password may log on at the console only, unless told otherwise.
    private bool IsBlankLimited => _machine.Os.Number >= new Version(5, 1)
        && _machine.Registry.GetValue(@"HKLM\SYSTEM\CurrentControlSet\Control\Lsa", "LimitBlankPasswordUse")?.Data is not 0;

    private Entry? FindEntry(string user)
    {
        int slash = user.IndexOf('\\', StringComparison.Ordinal);
        if (slash >= 0)
        {
            string domain = user[..slash];
            if (domain != "." && !domain.Equals(_machine.Name, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }

            user = user[(slash + 1)..];
        }

        return _entries.GetValueOrDefault(user);
    }

    private Account ToAccount(Entry entry) =>
        new(
            entry.Name,
            entry.Profile.Admin,
            entry.Profile.Disabled,
            entry.Sid,
            entry.LockedUntil > _machine.Clock.UtcNow,
            entry.Bad.Count,
            entry.Profile.PasswordRequired,
            entry.Profile.PasswordExpires);

    private sealed class Entry(string name, AccountProfile profile, string sid)
    {
        public string Name { get; } = name;

        public AccountProfile Profile { get; } = profile;

        public string Sid { get; } = sid;

        public List<DateTimeOffset> Bad { get; } = [];

        public DateTimeOffset LockedUntil { get; set; }
    }
}
