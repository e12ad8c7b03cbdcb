using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Provider;
using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Providers;

/// <summary>The environment variables of the session's process: <c>$env:</c>.</summary>
[CmdletProvider("Environment", ProviderCapabilities.ShouldProcess)]
public sealed class EnvironmentProvider : ContainerCmdletProvider, IContentCmdletProvider
{
    private static IDictionary<string, string> Table => SessionContext.Current.Environment;

    /// <inheritdoc/>
    protected override Collection<PSDriveInfo> InitializeDefaultDrives() => [new PSDriveInfo("Env", ProviderInfo, "", "", null)];

    /// <inheritdoc/>
    protected override bool IsValidPath(string path) => true;

    /// <inheritdoc/>
    protected override bool ItemExists(string path) => Name(path).Length == 0 || Table.ContainsKey(Name(path));

    /// <inheritdoc/>
    protected override bool HasChildItems(string path) => Name(path).Length == 0;

    /// <inheritdoc/>
    protected override void GetItem(string path)
    {
        if (Name(path).Length == 0)
        {
            WriteItemObject(Table.Select(v => new DictionaryEntry(v.Key, v.Value)).ToArray(), path, true);
        }
        else if (Table.TryGetValue(Name(path), out string? value))
        {
            WriteItemObject(Describe(Name(path), value), path, false);
        }
    }

    /// <inheritdoc/>
    protected override void GetChildItems(string path, bool recurse)
    {
        foreach ((string name, string value) in Table.OrderBy(v => v.Key, StringComparer.OrdinalIgnoreCase))
        {
            WriteItemObject(Describe(name, value), name, false);
        }
    }

    /// <inheritdoc/>
    protected override void GetChildNames(string path, ReturnContainers returnContainers)
    {
        foreach (string name in Table.Keys.Order(StringComparer.OrdinalIgnoreCase))
        {
            WriteItemObject(name, name, false);
        }
    }

    /// <inheritdoc/>
    protected override void SetItem(string path, object? value)
    {
        object? plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (plain is DictionaryEntry entry)
        {
            plain = entry.Value;
        }
        string text = plain is null ? "" : LanguagePrimitives.ConvertTo<string>(plain);
        if (text.Length == 0)
        {
            Table.Remove(Name(path));
        }
        else
        {
            Table[Name(path)] = text;
        }
    }

    /// <inheritdoc/>
    protected override void NewItem(string path, string itemTypeName, object newItemValue) => SetItem(path, newItemValue);

    /// <inheritdoc/>
    protected override void ClearItem(string path) => Table.Remove(Name(path));

    /// <inheritdoc/>
    protected override void RemoveItem(string path, bool recurse)
    {
        if (ShouldProcess(path, "Remove Item"))
        {
            Table.Remove(Name(path));
        }
    }

    /// <inheritdoc/>
    public IContentReader GetContentReader(string path) => new Content(this, Name(path));

    /// <inheritdoc/>
    public IContentWriter GetContentWriter(string path) => new Content(this, Name(path));

    /// <inheritdoc/>
    public object? GetContentReaderDynamicParameters(string path) => null;

    /// <inheritdoc/>
    public object? GetContentWriterDynamicParameters(string path) => null;

    /// <inheritdoc/>
    public void ClearContent(string path) => Table.Remove(Name(path));

    /// <inheritdoc/>
    public object? ClearContentDynamicParameters(string path) => null;

    private static string Name(string path) => path.Trim('/', '\\');

    private static PSObject Describe(string name, string value)
    {
        var item = new PSObject(new DictionaryEntry(name, value));
        item.Properties.Add(new PSNoteProperty("Name", name));
        return item;
    }

    private sealed class Content(EnvironmentProvider provider, string name) : IContentReader, IContentWriter
    {
        private bool _read;

        public IList Read(long readCount)
        {
            var result = new ArrayList();
            if (!_read && Table.TryGetValue(name, out string? value))
            {
                result.Add(value);
            }
            _read = true;
            return result;
        }

        public IList Write(IList content)
        {
            provider.SetItem(name, content.Count == 0 ? null : content[0]);
            return content;
        }

        public void Seek(long offset, SeekOrigin origin)
        {
        }

        public void Close()
        {
        }

        public void Dispose()
        {
        }
    }
}
