using System.Management.Automation;
using System.Reflection;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>
/// Which .NET types of a script are the lab's. Type names are resolved through accelerators before any assembly is looked
/// at, so this must be done before a script names one of them. Types that compute only stay what they are; types that
/// reach the machine are the lab's own, or refused.
/// </summary>
internal static class TypeMap
{
    private static readonly Dictionary<string, Type> Mapped = new(StringComparer.OrdinalIgnoreCase)
    {
        ["System.IO.File"] = typeof(LabFile),
        ["System.IO.Directory"] = typeof(LabDirectory),
        ["System.IO.Path"] = typeof(LabPath),
        ["System.IO.FileStream"] = typeof(LabStream),
        ["System.IO.FileInfo"] = typeof(LabFileInfo),
        ["System.IO.DirectoryInfo"] = typeof(LabDirectoryInfo),
        ["System.IO.FileSystemInfo"] = typeof(LabFileSystemInfo),
        ["System.IO.StreamReader"] = typeof(LabStreamReader),
        ["System.IO.StreamWriter"] = typeof(LabStreamWriter),
        ["System.Diagnostics.FileVersionInfo"] = typeof(LabFileVersion),
        ["System.Diagnostics.Process"] = typeof(LabProcessObject),
        ["System.ServiceProcess.ServiceController"] = typeof(LabService),
        ["System.ServiceProcess.ServiceControllerStatus"] = typeof(System.ServiceProcess.ServiceControllerStatus),
        ["Microsoft.Win32.Registry"] = typeof(LabRegistry),
        ["Microsoft.Win32.RegistryKey"] = typeof(LabKey),
        ["System.Environment"] = typeof(LabEnvironment),
        ["System.Net.WebRequest"] = typeof(LabWebRequest),
        ["System.Console"] = typeof(LabConsole),
        ["System.Management.ManagementDateTimeConverter"] = typeof(LabDateConverter),
        ["System.Security.Principal.WindowsIdentity"] = typeof(LabIdentity),
        ["System.Security.Principal.WindowsPrincipal"] = typeof(LabPrincipal),
        ["System.Security.Principal.SecurityIdentifier"] = typeof(LabSid),
    };

    private static readonly string[] RefusedNamespaces =
    [
        "System.IO", "System.IO.Compression", "System.IO.IsolatedStorage", "System.IO.MemoryMappedFiles", "System.IO.Pipes", "System.Net", "System.Net.Http",
        "System.Net.Mail", "System.Net.NetworkInformation", "System.Net.Security", "System.Net.Sockets", "System.Net.WebSockets", "System.Diagnostics",
        "System.Reflection", "System.Reflection.Emit", "System.Runtime.Loader", "System.Security.Principal",
    ];

    // Of those namespaces: what only computes, or belongs to the language.
    private static readonly HashSet<string> Pure = new(StringComparer.Ordinal)
    {
        "System.IO.Stream", "System.IO.MemoryStream", "System.IO.StringReader", "System.IO.StringWriter", "System.IO.TextReader", "System.IO.TextWriter",
        "System.IO.BinaryReader", "System.IO.BinaryWriter", "System.IO.BufferedStream", "System.IO.Compression.DeflateStream", "System.IO.Compression.GZipStream",
        "System.Net.IPAddress", "System.Net.IPEndPoint", "System.Net.NetworkCredential", "System.Net.WebUtility", "System.Diagnostics.Stopwatch",
        "System.Diagnostics.Debug", "System.Diagnostics.Trace", "System.Reflection.BindingFlags", "System.Reflection.Missing",
    };

    private static readonly string[] RefusedNames =
    [
        "System.Activator", "System.AppDomain", "System.GC", "System.Runtime.InteropServices.NativeLibrary",
    ];

    // Known to scripts for Windows, not part of .NET here: the name alone is refused.
    private static readonly string[] RefusedWords = ["wmi", "wmiclass", "wmisearcher", "adsi", "adsisearcher"];

    /// <summary>Registers the lab's types and the refusals.</summary>
    public static void Register()
    {
        foreach ((string name, Type type) in Mapped)
        {
            Add(name, type);
        }
        foreach (Type real in Candidates())
        {
            string name = real.FullName!.Replace('+', '.');
            if (!Mapped.ContainsKey(name))
            {
                Add(real.FullName!, RefusedTypes.Make(real));
            }
        }
        foreach (string word in RefusedWords)
        {
            TypeAccelerators.builtinTypeAccelerators.Remove(word);
            Add(word, RefusedTypes.MakeNamed(word));
        }
        // The engine fills its table of all accelerators when it is first asked for, and not safely: two sessions that
        // open at once would meet in it ("An item with the same key has already been added. Key: Alias").
        _ = TypeAccelerators.Get;
    }

    private static void Add(string name, Type type)
    {
        TypeAccelerators.Add(name, type);
        if (name.StartsWith("System.", StringComparison.Ordinal))
        {
            TypeAccelerators.Add(name["System.".Length..], type);
        }
    }

    private static IEnumerable<Type> Candidates()
    {
        string[] assemblies =
        [
            "System.Private.CoreLib", "System.Diagnostics.Process", "System.Diagnostics.FileVersionInfo", "System.Net.Sockets", "System.Net.Requests", "System.Net.NameResolution",
            "System.Net.WebClient", "System.Net.Http", "System.Net.Ping", "System.Net.NetworkInformation", "System.Net.Security", "System.Net.Mail", "System.Net.HttpListener",
            "System.Net.WebSockets.Client", "System.IO.Pipes", "System.IO.MemoryMappedFiles", "System.IO.FileSystem.DriveInfo", "System.IO.FileSystem.Watcher", "System.IO.IsolatedStorage",
            "System.IO.Compression.ZipFile", "System.Security.Principal.Windows", "System.Diagnostics.TraceSource", "System.Reflection.Emit",
        ];
        foreach (string name in assemblies)
        {
            Assembly assembly;
            try
            {
                assembly = Assembly.Load(name);
            }
            catch (FileNotFoundException)
            {
                continue;
            }
            foreach (Type type in assembly.GetExportedTypes())
            {
                bool reaches = RefusedNames.Contains(type.FullName) || (RefusedNamespaces.Contains(type.Namespace) && !Pure.Contains(type.FullName!));
                bool holds = type.IsClass && !typeof(Delegate).IsAssignableFrom(type) && !typeof(Exception).IsAssignableFrom(type)
                    && !typeof(Attribute).IsAssignableFrom(type) && !typeof(EventArgs).IsAssignableFrom(type) && !type.IsGenericType && !type.IsNested;
                if (reaches && holds)
                {
                    yield return type;
                }
            }
        }
    }
}
