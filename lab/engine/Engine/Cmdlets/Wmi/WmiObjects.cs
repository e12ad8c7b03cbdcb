using System.Management.Automation;
using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Instances and results as the two families of cmdlets show them.</summary>
internal static class WmiObjects
{
    // Objects know the connection they came by; a copy of one does not.
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<PSObject, Func<SessionContext>> Origins = [];

    /// <summary>The machine that an object came from by Get-WmiObject -ComputerName, connected anew; null: it carries no connection.</summary>
    public static SessionContext? Origin(PSObject described) => Origins.TryGetValue(described, out Func<SessionContext>? again) ? again() : null;

    /// <summary>As Get-WmiObject: system properties, dates as text, methods.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="context">Where it is.</param>
    /// <param name="only">Its properties; null: all.</param>
    /// <param name="space">Namespace.</param>
    /// <param name="again">How a method of it gets there again; null: it is at home.</param>
    public static PSObject Wmi(WmiInstance instance, SessionContext context, IReadOnlyCollection<string>? only, string space, Func<SessionContext>? again = null)
    {
        string server = context.Machine.Name;
        var result = new PSObject();
        result.TypeNames.Clear();
        foreach (string type in new[] { $@"System.Management.ManagementObject#{space}\{instance.Class.Name}", "System.Management.ManagementObject", "System.Management.ManagementBaseObject", "System.ComponentModel.Component", "System.MarshalByRefObject", "System.Object" })
        {
            result.TypeNames.Add(type);
        }
        Note(result, "PSComputerName", server);
        Note(result, "__GENUS", 2);
        Note(result, "__CLASS", instance.Class.Name);
        Note(result, "__SERVER", server);
        Note(result, "__NAMESPACE", space);
        Note(result, "__RELPATH", instance.RelativePath);
        Note(result, "__PATH", $@"\\{server}\{space}:{instance.RelativePath}");
        Copy(result, instance, only, value => value is DateTimeOffset time ? WmiDate.ToDmtf(time) : value);
        if (again is not null)
        {
            Origins.Add(result, again);
        }
        foreach (WmiMethod method in instance.Class.Methods)
        {
            result.Members.Add(new PSScriptMethod(method.Name, ScriptBlock.Create($"Invoke-WmiMethod -InputObject $this -Name {method.Name} -ByPosition -ArgumentList $args")));
        }
        return result;
    }

    /// <summary>As Get-CimInstance: dates as DateTime.</summary>
    public static PSObject Cim(WmiInstance instance, SessionContext context, IReadOnlyCollection<string>? only, string space)
    {
        var result = new PSObject();
        result.TypeNames.Clear();
        foreach (string type in new[] { $"Microsoft.Management.Infrastructure.CimInstance#{space.Replace('\\', '/')}/{instance.Class.Name}", $"Microsoft.Management.Infrastructure.CimInstance#{instance.Class.Name}", "Microsoft.Management.Infrastructure.CimInstance", "System.Object" })
        {
            result.TypeNames.Add(type);
        }
        Copy(result, instance, only, value => value is DateTimeOffset time ? DateTime.SpecifyKind(time.ToOffset(context.Machine.Os.UtcOffset).DateTime, DateTimeKind.Local) : value);
        Note(result, "PSComputerName", null);
        Note(result, "CimClass", $"{space.Replace('\\', '/')}:{instance.Class.Name}");
        return result;
    }

    /// <summary>Out parameters of a method.</summary>
    public static PSObject Result(WmiResult outcome, string type, SessionContext context)
    {
        var result = new PSObject();
        result.TypeNames.Insert(0, type);
        foreach ((string name, object? value) in outcome.Out)
        {
            Note(result, name, value);
        }
        Note(result, "PSComputerName", context.Machine.Name);
        return result;
    }

    /// <summary>The instance that an object of either family describes.</summary>
    /// <exception cref="WmiException">It is gone.</exception>
    public static WmiInstance Find(PSObject described, SessionContext context)
    {
        string type = described.TypeNames[0];
        string name = type[(type.LastIndexOfAny(['\\', '/', '#']) + 1)..];
        WmiClass known = WmiRepository.Find(name, null);
        return known.Instances(context).FirstOrDefault(i => known.Keys.All(k => Equals(Plain(i[k]), PSObject.Base(described.Properties[k]?.Value))))
            ?? throw WmiException.NotFound(name);
    }

    private static object? Plain(object? value) => value is DateTimeOffset time ? WmiDate.ToDmtf(time) : value;

    private static void Copy(PSObject result, WmiInstance instance, IReadOnlyCollection<string>? only, Func<object?, object?> shown)
    {
        foreach ((string name, object? value) in instance.Properties)
        {
            if (only is null || only.Contains(name, StringComparer.OrdinalIgnoreCase) || instance.Class.Keys.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                Note(result, name, shown(value));
            }
        }
    }

    private static void Note(PSObject target, string name, object? value) => target.Properties.Add(new PSNoteProperty(name, value), preValidated: true);
}
