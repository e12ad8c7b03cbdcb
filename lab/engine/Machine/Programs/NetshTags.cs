namespace Firebreak.Lab.Machines;

/// <summary>The tag=value words of a netsh command, checked against those the command knows.</summary>
internal sealed class NetshTags
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the words.</summary>
    /// <param name="words">tag=value words.</param>
    /// <param name="known">Tags the lab emulates.</param>
    /// <param name="refused">Tags of the real command that the lab has not.</param>
    /// <exception cref="NetshException">Unknown tag, or a word without one.</exception>
    public NetshTags(IEnumerable<string> words, string[] known, params string[] refused)
    {
        foreach (string word in words)
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string tag = equals < 0 ? word : word[..equals].Trim();
            if (refused.Contains(tag, StringComparer.OrdinalIgnoreCase))
            {
                throw new LabRefusalException($"netsh tag {tag}=");
            }

            if (equals < 0)
            {
                throw new LabRefusalException($"netsh values without their tag ({word})");
            }

            if (!known.Contains(tag, StringComparer.OrdinalIgnoreCase))
            {
                throw new NetshException($"'{tag}' is not a valid tag.");
            }

            if (!_values.TryAdd(tag, word[(equals + 1)..].Trim()))
            {
                throw new NetshException($"Tag '{tag}' was already specified.");
            }
        }
    }

    /// <summary>Whether any tag was given.</summary>
    public bool Any => _values.Count > 0;

    /// <summary>A value, or null.</summary>
    public string? Get(string tag) => _values.GetValueOrDefault(tag);

    /// <summary>A value that must be there.</summary>
    /// <exception cref="NetshException">It is not.</exception>
    public string Need(string tag) => _values.TryGetValue(tag, out string? value) && value.Length > 0 ? value : throw new NetshException($"One or more essential parameters not specified: {tag}.");

    /// <summary>yes or no.</summary>
    /// <exception cref="NetshException">Neither.</exception>
    public bool Flag(string tag, bool otherwise) => Get(tag)?.ToLowerInvariant() switch
    {
        null => otherwise,
        "yes" or "y" => true,
        "no" or "n" => false,
        _ => throw new NetshException($"Invalid value for tag '{tag}': expected yes or no."),
    };

    /// <summary>A port; 0 = any.</summary>
    /// <exception cref="NetshException">No port.</exception>
    public int Port(string tag) => Get(tag) is not { } text ? 0
        : int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int port) && port <= 65535 ? port
        : throw new NetshException($"Invalid value for tag '{tag}'.");
}
