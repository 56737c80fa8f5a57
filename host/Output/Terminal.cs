using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Orchestrator.Host.Output;

/// <summary>Where a command writes: what was asked for to standard output, everything else to standard error.</summary>
internal sealed class Terminal
{
    private const int WidthWithoutTerminal = 160;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TextWriter output;

    public Terminal(TextWriter output, TextWriter error)
    {
        this.output = output;
        Out = CreateConsole(output, output == Console.Out && !Console.IsOutputRedirected);
        Error = CreateConsole(error, error == Console.Error && !Console.IsErrorRedirected);
    }

    /// <summary>Standard output for people.</summary>
    public IAnsiConsole Out { get; }

    /// <summary>Standard error.</summary>
    public IAnsiConsole Error { get; }

    /// <summary>Whether a live display can be drawn.</summary>
    public bool IsInteractive => Out.Profile.Capabilities.Ansi;

    /// <summary>Writes JSON, and nothing else, to standard output.</summary>
    public void WriteJson(JsonNode? node) => output.WriteLine(node?.ToJsonString(Indented) ?? "null");

    /// <summary>Writes a line of plain text to standard output, exactly as it is.</summary>
    public void WriteLine(string text) => output.WriteLine(text);

    /// <summary>Draws something for people on standard output.</summary>
    public void Write(IRenderable renderable)
    {
        Out.Write(renderable);
        Out.WriteLine();
    }

    private static IAnsiConsole CreateConsole(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        if (!isTerminal)
        {
            console.Profile.Width = WidthWithoutTerminal;
        }

        return console;
    }
}
