using System.Text.Json.Nodes;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Wire;

/// <summary>Files of a machine for a front that serves them (SFTP): the <c>file.*</c> requests.</summary>
internal static class FileOperations
{
    /// <summary>What their names begin with.</summary>
    public const string Prefix = "file.";

    /// <summary>Does one request.</summary>
    /// <exception cref="WireError"><c>lab.file-missing</c>, <c>lab.file-denied</c>, <c>lab.file-exists</c>, <c>lab.file-failed</c>.</exception>
    public static JsonObject? Do(Machine machine, WireRequest request)
    {
        if (machine.Power.State != PowerState.On)
        {
            throw new WireError("lab.host-down", $"{machine.Host} is not running");
        }
        try
        {
            return Act(machine.Files, request.Text("path"), request);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new WireError("lab.file-missing", error.Message);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new WireError("lab.file-denied", error.Message);
        }
        catch (IOException error)
        {
            throw new WireError(error.HResult == FileTable.FileExistsHResult ? "lab.file-exists" : "lab.file-failed", error.Message);
        }
    }

    private static JsonObject? Act(FileTable files, string path, WireRequest request)
    {
        switch (request.Op)
        {
            case "file.stat":
                return Entry(files.Get(path) ?? throw new FileNotFoundException($"Could not find '{path}'."));
            case "file.list":
                return new JsonObject { ["entries"] = new JsonArray([.. files.List(path).Select(e => (JsonNode)Entry(e))]) };
            case "file.make":
                // Made, or emptied when it is there.
                using (files.Open(path, request.Flag("exclusive") ? FileMode.CreateNew : FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
                {
                    return null;
                }
            case "file.read":
                using (LabFileStream stream = files.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
                {
                    stream.Position = Math.Min((long)request.Number("offset"), stream.Length);
                    byte[] bytes = new byte[Math.Min((long)request.Number("length"), stream.Length - stream.Position)];
                    stream.ReadExactly(bytes);
                    return new JsonObject { ["data"] = Convert.ToBase64String(bytes) };
                }
            case "file.write":
                using (LabFileStream stream = files.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
                {
                    stream.Position = (long)request.Number("offset");
                    stream.Write(request.Bytes("data"));
                    return null;
                }
            case "file.folder":
                files.CreateFolder(path);
                return null;
            case "file.delete":
                return files.Delete(path) ? null : throw new FileNotFoundException($"Could not find '{path}'.");
            case "file.move":
                files.Move(path, request.Text("to"), request.Flag("overwrite"));
                return null;
            default:
                throw new WireError("lab.unknown-op", $"the engine has no operation '{request.Op}'");
        }
    }

    private static JsonObject Entry(FileEntry entry) => new()
    {
        ["name"] = entry.Name,
        ["isFolder"] = entry.IsFolder,
        ["size"] = entry.Size,
        ["modified"] = entry.Modified.ToUnixTimeSeconds(),
    };
}
