using System.Runtime.InteropServices;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.WindowsUpdate;

/// <summary>Microsoft.Update.Session: the first object of the Windows Update Agent's interface.</summary>
public sealed class UpdateSession
{
    private readonly UpdateAgent _agent;

    internal UpdateSession(SessionContext context)
    {
        _agent = new UpdateAgent(context.Machine, context.Program);
    }

    /// <summary>Who asks, in the agent's log.</summary>
    public string ClientApplicationID { get; set; } = "";

    /// <summary>Searches.</summary>
    public UpdateSearcher CreateUpdateSearcher() => new(_agent);

    /// <summary>Downloads; refused to sessions that came over the network.</summary>
    public UpdateDownloader CreateUpdateDownloader()
    {
        Com.Call(_agent.CheckCaller);
        return new UpdateDownloader();
    }

    /// <summary>Installs; refused to sessions that came over the network.</summary>
    public UpdateInstaller CreateUpdateInstaller()
    {
        Com.Call(_agent.CheckCaller);
        return new UpdateInstaller(_agent);
    }
}

/// <summary>Errors of the agent as COM gives them.</summary>
internal static class Com
{
    public static void Call(Action action)
    {
        try
        {
            action();
        }
        catch (LabWin32Exception error) when (error.Code == unchecked((int)0x80070005))
        {
            throw new UnauthorizedAccessException(error.Message);
        }
        catch (LabWin32Exception error)
        {
            throw new COMException(error.Message, error.Code);
        }
    }
}

/// <summary>IUpdateSearcher.</summary>
public sealed class UpdateSearcher
{
    private readonly UpdateAgent _agent;

    internal UpdateSearcher(UpdateAgent agent) => _agent = agent;

    /// <summary>0: as the machine is set, 1: its WSUS, 2: Windows Update. The lab offers the same from all.</summary>
    public int ServerSelection { get; set; }

    /// <summary>Whether the server is asked.</summary>
    public bool Online { get; set; } = true;

    /// <summary>Updates that fit a criterion: IsInstalled, IsHidden = 0, Type='Software'.</summary>
    public UpdateSearchResult Search(string criteria)
    {
        bool? installed = null;
        foreach (string term in (criteria ?? "").Split(" and ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).SelectMany(t => t.Split(" AND ", StringSplitOptions.TrimEntries)))
        {
            switch (term.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant())
            {
                case "ISINSTALLED=0":
                    installed = false;
                    break;
                case "ISINSTALLED=1":
                    installed = true;
                    break;
                case "ISHIDDEN=0" or "TYPE='SOFTWARE'":
                    break;
                default:
                    throw new LabRefusalException($"criterion {term} of a search for updates");
            }
        }
        UpdateCollection found = new();
        Com.Call(() =>
        {
            foreach (bool state in installed is { } one ? [one] : new[] { false, true })
            {
                foreach (PackageProfile package in _agent.Search(state))
                {
                    found.Add(new Update(_agent, package, state));
                }
            }
        });
        return new UpdateSearchResult(found);
    }
}

/// <summary>ISearchResult.</summary>
public sealed class UpdateSearchResult
{
    internal UpdateSearchResult(UpdateCollection updates) => Updates = updates;

    /// <summary>2: succeeded.</summary>
    public int ResultCode => 2;

    /// <summary>What was found.</summary>
    public UpdateCollection Updates { get; }
}

/// <summary>IUpdate.</summary>
public sealed class Update
{
    private readonly UpdateAgent _agent;

    internal Update(UpdateAgent agent, PackageProfile package, bool installed)
    {
        _agent = agent;
        Package = package;
        IsInstalled = installed;
    }

    internal PackageProfile Package { get; }

    /// <summary>For people.</summary>
    public string Title => $"{Package.Hotfix?.Description ?? "Update"} ({Package.Kb})";

    /// <summary>Numbers of articles, without KB.</summary>
    public StringCollection KBArticleIDs => new([Package.Kb.Replace("KB", "", StringComparison.OrdinalIgnoreCase)]);

    /// <summary>Categories by name; all of the lab are security updates.</summary>
    public CategoryCollection Categories => new();

    /// <summary>Whether it is installed and in effect.</summary>
    public bool IsInstalled { get; }

    /// <summary>Whether its files are here.</summary>
    public bool IsDownloaded { get; internal set; }

    /// <summary>Whether its licence was accepted.</summary>
    public bool EulaAccepted { get; private set; }

    /// <summary>Whether a restart is missing.</summary>
    public bool RebootRequired => _agent.IsPending(Package);

    /// <summary>What it does to the machine.</summary>
    public InstallationBehavior InstallationBehavior { get; } = new();

    /// <summary>Accepts the licence.</summary>
    public void AcceptEula() => EulaAccepted = true;
}

/// <summary>IInstallationBehavior.</summary>
public sealed class InstallationBehavior
{
    /// <summary>It asks nobody.</summary>
    public bool CanRequestUserInput => false;

    /// <summary>2: it may want a restart.</summary>
    public int RebootBehavior => 2;
}

/// <summary>IStringCollection.</summary>
public sealed class StringCollection(IReadOnlyList<string> items)
{
    /// <summary>How many.</summary>
    public int Count => items.Count;

    /// <summary>One of them.</summary>
    public string Item(int index) => items[index];
}

/// <summary>ICategoryCollection.</summary>
public sealed class CategoryCollection
{
    /// <summary>How many.</summary>
    public int Count => 1;

    /// <summary>One of them.</summary>
    public Category Item(int index) => index == 0 ? new Category() : throw new COMException("Invalid index.", unchecked((int)0x80240007));
}

/// <summary>ICategory.</summary>
public sealed class Category
{
    /// <summary>Name in the language of the machine's update service; the lab has English.</summary>
    public string Name => "Security Updates";

    /// <summary>Id of security updates, the same in all languages.</summary>
    public string CategoryID => "0fa1201d-4330-4fa8-8ae9-b877473b6441";
}

/// <summary>Microsoft.Update.UpdateColl.</summary>
public sealed class UpdateCollection
{
    private readonly List<Update> _items = [];

    /// <summary>How many.</summary>
    public int Count => _items.Count;

    /// <summary>One of them.</summary>
    public Update Item(int index) => index >= 0 && index < _items.Count ? _items[index] : throw new COMException("Invalid index.", unchecked((int)0x80240007));

    /// <summary>Adds one and says where.</summary>
    public int Add(Update value)
    {
        _items.Add(value);
        return _items.Count - 1;
    }

    /// <summary>Empties it.</summary>
    public void Clear() => _items.Clear();
}

/// <summary>IUpdateDownloader.</summary>
public sealed class UpdateDownloader
{
    internal UpdateDownloader()
    {
    }

    /// <summary>What is downloaded.</summary>
    public UpdateCollection Updates { get; set; } = new();

    /// <summary>Downloads them; the lab's files are always there.</summary>
    public OperationResult Download()
    {
        for (int i = 0; i < Updates.Count; i++)
        {
            Updates.Item(i).IsDownloaded = true;
        }
        return new OperationResult([.. Enumerable.Repeat(0, Updates.Count)], [.. Enumerable.Repeat(false, Updates.Count)]);
    }
}

/// <summary>IUpdateInstaller.</summary>
public sealed class UpdateInstaller
{
    private readonly UpdateAgent _agent;

    internal UpdateInstaller(UpdateAgent agent) => _agent = agent;

    /// <summary>What is installed.</summary>
    public UpdateCollection Updates { get; set; } = new();

    /// <summary>Without windows.</summary>
    public bool ForceQuiet { get; set; }

    /// <summary>Whether another installation is at work.</summary>
    public bool IsBusy => _agent.IsBusy;

    /// <summary>Whether a restart must come first.</summary>
    public bool RebootRequiredBeforeInstallation => false;

    /// <summary>Installs them, one after the other.</summary>
    public OperationResult Install()
    {
        List<int> codes = [];
        List<bool> restarts = [];
        for (int i = 0; i < Updates.Count; i++)
        {
            Update update = Updates.Item(i);
            if (!update.IsDownloaded)
            {
                // WU_E_NOT_INITIALIZED has no place here: the agent says that its files are missing.
                codes.Add(unchecked((int)0x80246007));
                restarts.Add(false);
                continue;
            }
            int code = _agent.Install(update.Package);
            codes.Add(code);
            restarts.Add(code == 0 && _agent.IsPending(update.Package));
        }
        return new OperationResult(codes, restarts);
    }
}

/// <summary>IDownloadResult, IInstallationResult.</summary>
public sealed class OperationResult
{
    private readonly IReadOnlyList<int> _codes;
    private readonly IReadOnlyList<bool> _restarts;

    internal OperationResult(IReadOnlyList<int> codes, IReadOnlyList<bool> restarts)
    {
        _codes = codes;
        _restarts = restarts;
    }

    /// <summary>2 succeeded, 3 succeeded with errors, 4 failed.</summary>
    public int ResultCode => _codes.All(c => c == 0) ? 2 : _codes.Any(c => c == 0) ? 3 : 4;

    /// <summary>Of the first that failed.</summary>
    public int HResult => _codes.FirstOrDefault(c => c != 0);

    /// <summary>Whether any wants a restart.</summary>
    public bool RebootRequired => _restarts.Any(r => r);

    /// <summary>Of one update.</summary>
    public UpdateResult GetUpdateResult(int index) => new(_codes[index], _restarts[index]);
}

/// <summary>IUpdateInstallationResult.</summary>
public sealed class UpdateResult
{
    internal UpdateResult(int code, bool restart)
    {
        HResult = code;
        RebootRequired = restart;
    }

    /// <summary>2 succeeded, 4 failed.</summary>
    public int ResultCode => HResult == 0 ? 2 : 4;

    /// <summary>Its HRESULT.</summary>
    public int HResult { get; }

    /// <summary>Whether it wants a restart.</summary>
    public bool RebootRequired { get; }
}
