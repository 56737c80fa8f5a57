using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Host.Api;
using Orchestrator.Host.Input;

namespace Orchestrator.Host.Commands.Instances;

/// <summary><c>orc instances backup FILE</c></summary>
internal sealed class BackUpInstances : ApiCommand
{
    private readonly Argument<string> file = new("file") { Description = "where the copy goes; must not exist" };

    public BackUpInstances()
        : base("backup", "Copy the store of the running server, as it is at one moment, into a file") => Add(file);

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(call.Get(file));
        if (File.Exists(path))
        {
            throw new InputException($"{path} exists already: choose another name for the backup.");
        }

        try
        {
            await call.Api.DownloadAsync(OrchestratorApi.ManagementPath("backup"), path, cancellationToken);
        }
        catch (IOException e)
        {
            throw new InputException($"{path} cannot be written: {e.Message}");
        }

        call.Show(new JsonObject { ["file"] = path, ["bytes"] = new FileInfo(path).Length }, terminal => terminal.WriteLine($"backed up to {path}"));
        return Holds;
    }
}
