using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Firebreak.Lab.Machines.Tests")]
