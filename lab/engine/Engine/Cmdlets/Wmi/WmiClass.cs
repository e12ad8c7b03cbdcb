using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>A WMI class of the lab.</summary>
internal abstract class WmiClass
{
    /// <summary>Its name.</summary>
    public abstract string Name { get; }

    /// <summary>Its namespaces; the first is its own.</summary>
    public virtual IReadOnlyList<string> Namespaces { get; } = [@"root\cimv2"];

    /// <summary>Its key properties.</summary>
    public abstract IReadOnlyList<string> Keys { get; }

    /// <summary>Its methods.</summary>
    public virtual IReadOnlyList<WmiMethod> Methods { get; } = [];

    /// <summary>Its instances now.</summary>
    public IEnumerable<WmiInstance> Instances(SessionContext context) => Rows(context).Select(r => new WmiInstance(this, r));

    /// <summary>Properties of each instance.</summary>
    protected abstract IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context);
}
