namespace Firebreak.Lab.Publicize;

/// <summary>Command line of the build step: <c>publicize SOURCE.dll DESTINATION.dll</c>.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args.Length != 2)
        {
            Console.Error.WriteLine("usage: publicize SOURCE.dll DESTINATION.dll");
            return 2;
        }
        byte[] image = Publicizer.MakePublic(File.ReadAllBytes(args[0]));
        string destination = Path.GetFullPath(args[1]);
        Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
        // Written beside and moved: two builds at a time never read half a file.
        string beside = destination + "." + Environment.ProcessId;
        File.WriteAllBytes(beside, image);
        File.Move(beside, destination, overwrite: true);
        return 0;
    }
}
