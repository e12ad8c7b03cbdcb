namespace Firebreak.Lab.Machines;

/// <summary>Whether the machine is on the network.</summary>
public sealed class NetworkState
{
    private readonly Machine _machine;

    internal NetworkState(Machine machine)
    {
        _machine = machine;
    }

    /// <summary>Whether packets pass.</summary>
    public bool IsUp { get; private set; } = true;

    internal void Set(bool up)
    {
        lock (_machine.Gate)
        {
            IsUp = up;
        }
    }
}
