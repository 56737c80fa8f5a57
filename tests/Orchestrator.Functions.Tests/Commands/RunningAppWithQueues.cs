using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Commands;

/// <summary>The app with a mesh, and with queues of the real Azurite.</summary>
public sealed class RunningAppWithQueues : RunningApp
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly Dictionary<string, JsonObject> events = [];
    private Azurite? azurite;

    protected override string? Storage => azurite!.ConnectionString;

    public override async Task InitializeAsync()
    {
        azurite = await Azurite.StartAsync();
        await base.InitializeAsync();
        (await PutAsync("/api/meshes/default", new JsonObject())).EnsureSuccessStatusCode();
        await PhaseAsync("/api/meshes/default", "Ready");
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await azurite!.DisposeAsync();
    }

    public async Task<QueueClient> QueueAsync(string name)
    {
        var queue = new QueueClient(Storage, name);
        await queue.CreateIfNotExistsAsync();
        return queue;
    }

    public async Task SendAsync(string text) => await (await QueueAsync("orchestrator-commands")).SendMessageAsync(text);

    public Task SendAsync(string id, string type, string subject, JsonNode? data = null) => SendAsync(new JsonObject
    {
        ["specversion"] = "1.0",
        ["id"] = id,
        ["source"] = "/tests",
        ["type"] = type,
        ["subject"] = subject,
        ["data"] = data,
    }.ToJsonString());

    /// <summary>Waits for the event that is published of a command.</summary>
    public Task<JsonObject> EventAsync(string id, params string[] words) => Eventually.GetAsync(
        async () =>
        {
            foreach (var message in await TakeAsync("orchestrator-events"))
            {
                lock (events)
                {
                    events[message.Text("id")!] = message;
                }
            }

            lock (events)
            {
                return events.Values.FirstOrDefault(each =>
                    each["data"]!["command"].Text("id") == id && words.Contains(each.Text("type")!["orchestrator.command.".Length..]));
            }
        },
        Deadline,
        $"the event {string.Join(" or ", words)} of command {id}");

    /// <summary>Waits for the poisoned message whose original is this.</summary>
    public Task<JsonObject> PoisonAsync(string original) => Eventually.GetAsync(
        async () => (await TakeAsync("orchestrator-commands-poison"))
            .FirstOrDefault(each => Convert.FromBase64String(each["data"].Text("original")!).AsSpan().SequenceEqual(System.Text.Encoding.UTF8.GetBytes(original))),
        Deadline,
        $"the poison of {original}");

    private async Task<IReadOnlyList<JsonObject>> TakeAsync(string queue)
    {
        var client = await QueueAsync(queue);
        QueueMessage[] messages = await client.ReceiveMessagesAsync(32, TimeSpan.FromSeconds(1));
        foreach (var message in queue == "orchestrator-events" ? messages : [])
        {
            await client.DeleteMessageAsync(message.MessageId, message.PopReceipt);
        }

        return [.. messages.Select(message => JsonNode.Parse(message.MessageText)!.AsObject())];
    }
}
