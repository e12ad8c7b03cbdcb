namespace Firebreak.Lab.Machines;

/// <summary>What goes wrong on a machine, now or later.</summary>
public sealed class TroubleBox
{
    private readonly Machine _machine;

    internal TroubleBox(Machine machine)
    {
        _machine = machine;
    }

    /// <summary>Brings trouble.</summary>
    /// <exception cref="ArgumentException">Unknown kind or moment.</exception>
    public void Add(TroubleProfile trouble)
    {
        _ = _machine;
    }
}
