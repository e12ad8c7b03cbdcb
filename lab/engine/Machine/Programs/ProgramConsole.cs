namespace Firebreak.Lab.Machines;

/// <summary>Standard input, output and error of a program that somebody watches while it runs.</summary>
/// <param name="write">Takes text as it comes (true: standard error); null: the program's result holds it at its end.</param>
/// <param name="input">What is piped to it; null: it reads from a console where nobody types.</param>
public sealed class ProgramConsole(Action<bool, string>? write, ProgramInput? input)
{
    /// <summary>What is piped to it; null: nothing is.</summary>
    public ProgramInput? Input { get; } = input;

    /// <summary>Whether somebody takes its output as it comes.</summary>
    public bool IsWatched => write is not null;

    /// <summary>Writes to standard output or standard error.</summary>
    public void Write(bool isError, string text)
    {
        if (text.Length > 0)
        {
            write?.Invoke(isError, text);
        }
    }
}
