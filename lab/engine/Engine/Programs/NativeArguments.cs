using System.Collections;
using System.Management.Automation;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Programs;

/// <summary>Turns what a function gets in <c>$args</c> back into the arguments that a program would get.</summary>
internal static class NativeArguments
{
    /// <summary>The arguments as text.</summary>
    public static IReadOnlyList<string> From(IReadOnlyList<object?>? args)
    {
        var result = new List<string>();
        if (args is null)
        {
            return result;
        }
        for (int i = 0; i < args.Count; i++)
        {
            object? argument = args[i];
            string text = Text(argument);
            if (text == "--%")
            {
                // The rest of the line as it stands.
                result.AddRange(CommandLine.Split(string.Join(' ', args.Skip(i + 1).Select(Text))));
                break;
            }
            if (argument is PSObject { BaseObject: string } parameter && parameter.Properties[ParameterNote] is not null
                && text.EndsWith(':') && i + 1 < args.Count)
            {
                // -name:value was cut in two for the function.
                result.Add(text + Text(args[++i]));
                continue;
            }
            if (argument is not string && PSObject.Base(argument) is IEnumerable list and not string)
            {
                result.AddRange(list.Cast<object?>().Select(Text));
                continue;
            }
            // Windows PowerShell drops an empty text; a pair of quotes is one for the program.
            if (text.Length > 0)
            {
                result.Add(text == "\"\"" ? "" : text);
            }
        }
        return result;
    }

    // Name of the note that the engine puts on arguments that looked like parameters.
    private const string ParameterNote = "<CommandParameterName>";

    private static string Text(object? value) => value is null ? "" : LanguagePrimitives.ConvertTo<string>(value);
}
