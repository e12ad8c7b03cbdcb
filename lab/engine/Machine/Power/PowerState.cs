namespace Firebreak.Lab.Machines;

/// <summary>Where a machine is between off and on.</summary>
public enum PowerState
{
    /// <summary>Off.</summary>
    Off,

    /// <summary>Coming up: nothing answers yet.</summary>
    Booting,

    /// <summary>Running.</summary>
    On,

    /// <summary>Going down: no program starts any more.</summary>
    ShuttingDown,
}
