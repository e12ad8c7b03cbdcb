using System.Collections;
using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>New-Object: types resolve through the same map as <c>[type]</c> literals, so that a machine's types are the lab's.</summary>
[Cmdlet(VerbsCommon.New, "Object", DefaultParameterSetName = "Net")]
public sealed class NewObjectCommand : PSCmdlet
{
    /// <summary>The .NET type.</summary>
    [Parameter(ParameterSetName = "Net", Mandatory = true, Position = 0)]
    public string TypeName { get; set; } = "";

    /// <summary>The COM class.</summary>
    [Parameter(ParameterSetName = "Com", Mandatory = true, Position = 0)]
    public string ComObject { get; set; } = "";

    /// <summary>Arguments of the constructor.</summary>
    [Parameter(ParameterSetName = "Net", Position = 1), Alias("Args")]
    public object?[] ArgumentList { get; set; } = [];

    /// <summary>COM: fail where an interop assembly would be used.</summary>
    [Parameter(ParameterSetName = "Com")]
    public SwitchParameter Strict { get; set; }

    /// <summary>Values to set.</summary>
    [Parameter]
    public IDictionary? Property { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (ParameterSetName == "Com")
        {
            if (ComClasses.Make(ComObject) is { } com)
            {
                WriteObject(com);
                return;
            }
            var refusal = new LabRefusalException("COM object " + ComObject);
            ThrowTerminatingError(new ErrorRecord(refusal, "NoCOMClassIdentified", ErrorCategory.NotImplemented, ComObject));
        }
        Type type = Resolve();
        object? made = Construct(type);
        PSObject result = PSObject.AsPSObject(made);
        if (Property is not null)
        {
            // PowerShell's own rule: note properties for a PSObject, real members for the rest.
            bool notes = made is PSObject or PSCustomObject;
            foreach (DictionaryEntry entry in Property)
            {
                string name = LanguagePrimitives.ConvertTo<string>(entry.Key);
                Assign(result, name, entry.Value, notes);
            }
        }
        WriteObject(result);
    }

    private Type Resolve()
    {
        try
        {
            return LanguagePrimitives.ConvertTo<Type>(TypeName);
        }
        catch (PSInvalidCastException)
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException($"Cannot find type [{TypeName}]: verify that the assembly containing this type is loaded."),
                "TypeNotFound", ErrorCategory.InvalidType, null));
            throw;
        }
    }

    private object? Construct(Type type)
    {
        try
        {
            if (type.IsValueType && ArgumentList.Length == 0)
            {
                return Activator.CreateInstance(type);
            }
            return LanguagePrimitives.IsNull(type) ? null : DotNetAdapter.ConstructorInvokeDotNet(type, type.GetConstructors(), ArgumentList);
        }
        catch (MethodException error)
        {
            Exception cause = error.InnerException is LabRefusalException refusal ? refusal : error;
            ThrowTerminatingError(new ErrorRecord(cause, "ConstructorInvokedThrowException,Microsoft.PowerShell.Commands.NewObjectCommand", ErrorCategory.InvalidOperation, null));
            throw;
        }
    }

    private void Assign(PSObject target, string name, object? value, bool notes)
    {
        if (target.Properties[name] is { } property)
        {
            property.Value = value;
        }
        else if (notes)
        {
            target.Properties.Add(new PSNoteProperty(name, value));
        }
        else
        {
            WriteError(new ErrorRecord(
                new InvalidOperationException($"The member \"{name}\" was not found for the specified .NET object."), "InvalidOperationException", ErrorCategory.InvalidOperation, null));
        }
    }
}
