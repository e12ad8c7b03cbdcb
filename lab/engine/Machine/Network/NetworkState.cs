namespace Firebreak.Lab.Machines;

/// <summary>Whether the machine is on the network.</summary>
public sealed class NetworkState
{
    private readonly Machine _machine;

    internal NetworkState(Machine machine)
    {
        _machine = machine;
    }

    /// <summary>The network it is on, with the lab's other machines; null: alone.</summary>
    public LabNetwork? Lan { get; internal set; }

    /// <summary>Whether packets pass.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>The network goes; after <paramref name="lasts"/> of lab time it comes back, without it for good.</summary>
    public void Lose(TimeSpan? lasts)
    {
        bool wasReachable;
        lock (_machine.Gate)
        {
            if (!IsUp)
            {
                return;
            }

            wasReachable = _machine.Reachable;
            IsUp = false;
        }

        _machine.History.Add("network", ("op", "down"));
        _machine.Ports.Update();
        if (wasReachable)
        {
            _machine.RaiseDown("network");
        }

        if (lasts is { } span)
        {
            _machine.Clock.ScheduleAfter(span, Restore);
        }
    }

    /// <summary>The network is back.</summary>
    public void Restore()
    {
        lock (_machine.Gate)
        {
            if (IsUp)
            {
                return;
            }

            IsUp = true;
        }

        _machine.History.Add("network", ("op", "up"));
        _machine.Ports.Update();
        if (_machine.Reachable)
        {
            _machine.RaiseUp();
        }
    }
}
