using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Domain;
using Orchestrator.Host.Input;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands;

/// <summary>A verb that tells every problem that the API would find in a spec, without a server. Its exit code is 0 only if there is none.</summary>
internal abstract class LintCommand : Command
{
    private readonly Option<string> file;
    private readonly Option<OutputFormat> output = new("--output", "-o")
    {
        Description = "text for people, or json and nothing else on standard output",
        DefaultValueFactory = _ => OutputFormat.Text,
    };

    protected LintCommand(string what)
        : base("lint", $"Tell every problem of {what}, with its line, as the server would; it is not asked, and need not run")
    {
        file = Parameters.File(what);
        Add(file);
        Add(output);
        SetAction((parsed, cancellationToken) => CommandErrors.GuardAsync(parsed, terminal => RunAsync(parsed, terminal, cancellationToken)));
    }

    /// <summary>The problems of a body that the API would be sent.</summary>
    protected abstract IReadOnlyList<Problem> Check(ParseResult parsed, ReadOnlyMemory<byte> body);

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        var path = parsed.GetRequiredValue(file);
        var (spec, lines) = await SpecFile.ReadAsync(path, Console.In, text => (SpecFile.Parse(text), SpecLines.Of(text)), cancellationToken);
        var problems = Check(parsed, Encoding.UTF8.GetBytes(spec.ToJsonString()));
        if (parsed.GetValue(output) is OutputFormat.Json)
        {
            terminal.WriteJson(new JsonObject
            {
                ["file"] = path,
                ["valid"] = problems.Count == 0,
                ["errors"] = new JsonArray([.. problems.Select(problem => Json(problem, lines))]),
            });
        }
        else if (problems.Count == 0)
        {
            terminal.WriteLine($"{path} is valid");
        }
        else
        {
            terminal.Write(Table(path, problems, lines));
        }

        return problems.Count == 0 ? 0 : 1;
    }

    private static JsonObject Json(Problem problem, SpecLines lines) => new()
    {
        ["pointer"] = problem.Pointer,
        ["code"] = problem.Code,
        ["message"] = problem.Message,
        ["line"] = lines.Find(problem.Pointer),
    };

    private static Table Table(string path, IReadOnlyList<Problem> problems, SpecLines lines)
    {
        var table = new Table().NoBorder().HideHeaders().AddColumns("place", "pointer", "message", "code");
        foreach (var problem in problems)
        {
            table.AddRow(
                Words.Text($"{path}{(lines.Find(problem.Pointer) is { } line ? $":{line}" : "")}"),
                $"[bold]{Words.Text(problem.Pointer is "" ? "(all of it)" : problem.Pointer)}[/]",
                Words.Text(problem.Message),
                $"[grey]{Words.Text(problem.Code)}[/]");
        }

        return table;
    }
}
