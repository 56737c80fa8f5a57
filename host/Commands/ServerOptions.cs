using System.CommandLine;
using Orchestrator.Host.Api;
using Orchestrator.Host.Input;

namespace Orchestrator.Host.Commands;

/// <summary>The options that say which server is asked, and with which key.</summary>
internal sealed class ServerOptions
{
    private const string DefaultServer = "http://127.0.0.1:7071";

    private readonly Option<string> server = new("--server")
    {
        Description = "base address of the orchestrator [env ORC_SERVER]",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ORC_SERVER") is { Length: > 0 } address ? address : DefaultServer,
    };

    private readonly Option<string?> key = new("--key")
    {
        Description = "key sent as x-functions-key [env ORC_KEY; for a server on this machine: the file 'key' in ORC_DATA]",
    };

    private readonly Option<string?> token = new("--token") { Description = "bearer token of Entra ID sent beside the key [env ORC_TOKEN]" };

    public void AddTo(Command command)
    {
        command.Add(server);
        command.Add(key);
        command.Add(token);
    }

    /// <summary>A client for the server that the command line names.</summary>
    /// <exception cref="InputException">It is no HTTP address.</exception>
    public OrchestratorApi Connect(ParseResult parsed)
    {
        var address = parsed.GetRequiredValue(server);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new InputException($"--server {address}: give an address such as {DefaultServer}.");
        }

        return new OrchestratorApi(
            uri,
            parsed.GetValue(key) ?? Environment.GetEnvironmentVariable("ORC_KEY") ?? KeyOfThisMachine(uri),
            parsed.GetValue(token) ?? Environment.GetEnvironmentVariable("ORC_TOKEN"));
    }

    // The key's file belongs to a server of this machine: it is sent nowhere else.
    private static string? KeyOfThisMachine(Uri server) => server.IsLoopback ? Hosting.Keys.MasterKey.Find(DataDirectory.Default) : null;
}
