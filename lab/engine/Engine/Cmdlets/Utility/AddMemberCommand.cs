using System.Collections;
using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Add-Member: note, alias, script properties and script methods.</summary>
[Cmdlet(VerbsCommon.Add, "Member", DefaultParameterSetName = "TypeNameSet")]
public sealed class AddMemberCommand : PSCmdlet
{
    /// <summary>The object that gets the member.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject InputObject { get; set; } = null!;

    /// <summary>Kind of member.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "MemberSet"), Alias("Type")]
    public PSMemberTypes MemberType { get; set; }

    /// <summary>Its name.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "MemberSet")]
    public string Name { get; set; } = "";

    /// <summary>Value, script or aliased name.</summary>
    [Parameter(Position = 2, ParameterSetName = "MemberSet")]
    public object? Value { get; set; }

    /// <summary>Setter, or type of an alias.</summary>
    [Parameter(Position = 3, ParameterSetName = "MemberSet")]
    public object? SecondValue { get; set; }

    /// <summary>Type name to add.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "TypeNameSet")]
    [Parameter(ParameterSetName = "MemberSet")]
    [Parameter(ParameterSetName = "NotePropertySingleMemberSet")]
    [Parameter(ParameterSetName = "NotePropertyMultiMemberSet")]
    public string? TypeName { get; set; }

    /// <summary>Replace a member of that name.</summary>
    [Parameter(ParameterSetName = "MemberSet")]
    [Parameter(ParameterSetName = "NotePropertySingleMemberSet")]
    [Parameter(ParameterSetName = "NotePropertyMultiMemberSet")]
    public SwitchParameter Force { get; set; }

    /// <summary>Output the object.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Name of a note property.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "NotePropertySingleMemberSet")]
    public string NotePropertyName { get; set; } = "";

    /// <summary>Value of a note property.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "NotePropertySingleMemberSet"), AllowNull]
    public object? NotePropertyValue { get; set; }

    /// <summary>Note properties by name.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "NotePropertyMultiMemberSet")]
    public IDictionary NotePropertyMembers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case "MemberSet":
                Add(Member());
                break;
            case "NotePropertySingleMemberSet":
                Add(new PSNoteProperty(NotePropertyName, NotePropertyValue));
                break;
            case "NotePropertyMultiMemberSet":
                foreach (DictionaryEntry entry in NotePropertyMembers)
                {
                    Add(new PSNoteProperty(LanguagePrimitives.ConvertTo<string>(entry.Key), entry.Value));
                }
                break;
        }
        if (!string.IsNullOrEmpty(TypeName))
        {
            InputObject.TypeNames.Insert(0, TypeName);
        }
        if (PassThru)
        {
            WriteObject(InputObject);
        }
    }

    private PSMemberInfo Member() => MemberType switch
    {
        PSMemberTypes.NoteProperty => new PSNoteProperty(Name, Value),
        PSMemberTypes.AliasProperty => new PSAliasProperty(Name, LanguagePrimitives.ConvertTo<string>(Value)),
        PSMemberTypes.ScriptProperty => new PSScriptProperty(Name, PSObject.Base(Value) as ScriptBlock, PSObject.Base(SecondValue) as ScriptBlock),
        PSMemberTypes.ScriptMethod => new PSScriptMethod(Name, (ScriptBlock)PSObject.Base(Value)),
        _ => throw new Firebreak.Lab.Machines.LabRefusalException($"Add-Member -MemberType {MemberType}"),
    };

    private void Add(PSMemberInfo member)
    {
        if (InputObject.Members[member.Name] is { IsInstance: true } && Force)
        {
            InputObject.Members.Remove(member.Name);
        }
        else if (InputObject.Members[member.Name] is not null && !Force)
        {
            WriteError(new ErrorRecord(
                new InvalidOperationException($"Cannot add a member with the name \"{member.Name}\" because a member with that name already exists. To overwrite the member anyway, add the Force parameter to your command."),
                "MemberAlreadyExists", ErrorCategory.InvalidOperation, InputObject));
            return;
        }
        InputObject.Members.Add(member);
    }
}
