namespace Firebreak.Lab.Machines;

/// <summary>Users who are logged on, at the console or by Remote Desktop; a shutdown ends them all.</summary>
public sealed class UserSessions
{
    private readonly Machine _machine;
    private readonly List<UserSession> _all = [];

    internal UserSessions(Machine machine, MachineProfile profile)
    {
        _machine = machine;
        int id = machine.Os.IsLegacy ? -1 : 0;
        foreach (UserSessionProfile session in profile.LoggedOn)
        {
            UserSession one = new(session.User, ++id, session.Remote, session.Disconnected, machine.Clock.UtcNow);
            _all.Add(one);
            if (session.For is { } seconds)
            {
                machine.Clock.ScheduleAfter(TimeSpan.FromSeconds(seconds), () => End(one));
            }
        }
    }

    /// <summary>Who is there now.</summary>
    public IReadOnlyList<UserSession> All
    {
        get
        {
            lock (_machine.Gate)
            {
                return [.. _all];
            }
        }
    }

    internal void EndAll()
    {
        lock (_machine.Gate)
        {
            _all.Clear();
        }
    }

    private void End(UserSession session)
    {
        bool wasThere;
        lock (_machine.Gate)
        {
            wasThere = _all.Remove(session);
        }

        if (wasThere)
        {
            _machine.History.Add("account", ("op", "log-off"), ("user", session.User));
        }
    }
}
