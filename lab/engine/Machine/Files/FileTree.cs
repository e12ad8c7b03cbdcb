using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>The nodes of the file system by full path. Not safe by itself: the table locks.</summary>
internal sealed class FileTree(DateTimeOffset now)
{
    private readonly FileNode _root = new("C:", true) { Created = now, Modified = now };

    public FileNode Root => _root;

    public string Real(string full)
    {
        StringBuilder path = new("C:");
        FileNode node = _root;
        foreach (string part in full[2..].Split('\\', StringSplitOptions.RemoveEmptyEntries))
        {
            node = node.Children[part];
            path.Append('\\').Append(node.Name);
        }

        return path.Length == 2 ? @"C:\" : path.ToString();
    }

    public FileNode? Find(string full)
    {
        FileNode node = _root;
        foreach (string part in full[2..].Split('\\', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!node.Children.TryGetValue(part, out FileNode? child))
            {
                return null;
            }

            node = child;
        }

        return node;
    }

    public FileNode FindFolder(string full) =>
        Find(full) is { IsFolder: true } node ? node : throw new DirectoryNotFoundException($"Could not find a part of the path '{full}'.");

    public FileNode FindFile(string full) =>
        Find(full) is { IsFolder: false } node ? node : throw new FileNotFoundException($"Could not find file '{full}'.", full);

    public FileNode MakeFolder(string full, DateTimeOffset now)
    {
        FileNode node = _root;
        foreach (string part in full[2..].Split('\\', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!node.Children.TryGetValue(part, out FileNode? child))
            {
                child = new FileNode(part, true) { Created = now, Modified = now };
                node.Children[part] = child;
            }
            else if (!child.IsFolder)
            {
                throw FileErrors.Exists(full);
            }

            node = child;
        }

        return node;
    }
}
