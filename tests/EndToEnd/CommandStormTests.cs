using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Commands;
using Orchestrator.Durable.Engine.History;
using Orchestrator.TestKit;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd.Tests;

/// <summary>Many commands at once on the real Azurite, some of them twice and some of them garbage, and a SIGKILL in the middle.</summary>
public sealed class CommandStormTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(30);

    [Fact]
    public Task Each_of_some_hundred_commands_takes_effect_once() => RunAsync(commands: 400, tenants: 5);

    [SoakFact]
    public Task Each_of_ten_thousand_commands_takes_effect_once() => RunAsync(commands: 10_000, tenants: 100);

    private async Task RunAsync(int commands, int tenants)
    {
        var queuePort = FreePort.Next();
        await using var environment = await DevEnvironment.StartAsync("--queues", "--queue-port", $"{queuePort}");
        Assert.Equal(0, (await DevEnvironment.OrcAsync(Deadline, "mesh", "ensure", "-w", "--server", environment.Server)).ExitCode);
        var storm = new Storm(commands, tenants);
        var queue = await OpenAsync(queuePort, "orchestrator-commands");
        var sent = 0;
        var sending = Parallel.ForEachAsync(storm.Messages, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (text, cancel) =>
        {
            await queue.SendMessageAsync(text, cancel);
            Interlocked.Increment(ref sent);
        });

        // In the middle of it, the host dies.
        await Eventually.Async(() => Volatile.Read(ref sent) >= storm.Messages.Count / 2, Deadline, "half of the commands to be sent");
        await environment.KillHostAsync();
        output.WriteLine($"killed with {sent} of {storm.Messages.Count} messages sent and {await CountAsync(queue)} in the queue");
        await environment.StartHostAsync();
        await sending;

        var published = new Dictionary<string, JsonNode>();
        var poison = new List<JsonNode>();
        await Eventually.Async(
            async () =>
            {
                foreach (var message in await DrainAsync(queuePort, "orchestrator-events"))
                {
                    published[message["id"]!.GetValue<string>()] = message;
                }

                poison.AddRange(await DrainAsync(queuePort, "orchestrator-commands-poison"));
                return await CountAsync(queue) == 0 && published.Count >= storm.Commands.Count + tenants;
            },
            Deadline,
            "every command to be taken and its outcome published");
        Assert.Equal(0, await environment.InterruptAsync());

        // Every distinct command has one effect.
        Assert.Equal(storm.Commands.Keys.Order(), published.Values.Where(IsOutcome).Select(Instance).Order());
        Assert.All(published.Values.Where(IsOutcome), message => Assert.Equal(
            storm.Commands[Instance(message)] ? "orchestrator.command.accepted" : "orchestrator.command.refused", message["type"]!.GetValue<string>()));
        Assert.Equal(
            storm.Commands.Where(command => command.Value).Select(command => command.Key).Order(),
            published.Values.Where(message => !IsOutcome(message)).Select(Instance).Order());
        Assert.All(published.Values.Where(message => !IsOutcome(message)), message => Assert.Equal("Ready", message["data"]!["phase"]!.GetValue<string>()));
        var instances = new HistoryReader(environment.StorePath).Instances().ToList();
        Assert.Equal(storm.Commands.Keys.Order(), instances.Select(each => each.Id).Where(id => id.StartsWith(CommandNames.Prefix, StringComparison.Ordinal)).Order());
        Assert.Equal(tenants, instances.Count(each => each.Id.StartsWith("tenant.", StringComparison.Ordinal)));
        Assert.All(instances, each => Assert.True(each.Id == "sweep" || each.Status is OrchestrationRuntimeStatus.Completed, $"{each.Id} is {each.Status}"));
        HistoryAudit.Check(environment.StorePath);

        // Every garbage message is in the poison queue with its reason, and nothing else is. The kill may have put one there twice.
        Assert.All(poison, message => Assert.NotEmpty(message["data"]!["problems"]!.AsArray()));
        Assert.Equal(
            storm.Garbage.Order(),
            poison.DistinctBy(message => message["id"]!.GetValue<string>())
                .Select(message => Encoding.UTF8.GetString(Convert.FromBase64String(message["data"]!["original"]!.GetValue<string>())))
                .Order());
        output.WriteLine($"{storm.Commands.Count} commands, {storm.Messages.Count} messages, {published.Count} events, {poison.Count} poisoned");
    }

    private static bool IsOutcome(JsonNode message) => message["type"]!.GetValue<string>() != "orchestrator.command.ended";

    private static string Instance(JsonNode message) =>
        CommandNames.Instance(message["data"]!["command"]!["source"]!.GetValue<string>(), message["data"]!["command"]!["id"]!.GetValue<string>());

    private static async Task<QueueClient> OpenAsync(int port, string name)
    {
        var client = new QueueClient(Azurite.ConnectionStringAt(port), name);
        await client.CreateIfNotExistsAsync();
        return client;
    }

    private static async Task<int> CountAsync(QueueClient queue) => (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount;

    private static async Task<IReadOnlyList<JsonNode>> DrainAsync(int port, string name)
    {
        var queue = await OpenAsync(port, name);
        List<JsonNode> all = [];
        while (true)
        {
            QueueMessage[] messages = await queue.ReceiveMessagesAsync(32);
            if (messages.Length == 0)
            {
                return all;
            }

            all.AddRange(messages.Select(message => JsonNode.Parse(message.MessageText)!));
            await Task.WhenAll(messages.Select(message => queue.DeleteMessageAsync(message.MessageId, message.PopReceipt)));
        }
    }

    /// <summary>The messages: commands that onboard and commands that do not apply, 5 % of them twice, and 1 % garbage, shuffled.</summary>
    private sealed class Storm
    {
        public Storm(int commands, int tenants)
        {
            var random = new Random(20261126);
            List<string> messages = [];
            for (var i = 0; i < commands; i++)
            {
                var isOnboarding = i < tenants;
                Commands[CommandNames.Instance("/storm", $"{i}")] = isOnboarding;
                messages.Add(isOnboarding ? Onboard(i) : Event(i, "orchestrator.tenant.offboard", $"tenants/absent-{i}"));
            }

            messages.AddRange(Enumerable.Range(0, commands / 20).Select(_ => messages[random.Next(commands)]).ToList());
            Garbage = [.. Enumerable.Range(0, commands / 100).Select(i => (i % 4) switch
            {
                0 => $"garbage {i}",
                1 => Event(commands + i, "orchestrator.tenant.paint", "tenants/foo"),
                2 => Event(commands + i, "orchestrator.tenant.onboard", "tenants/foo")[..^5],
                _ => Event(commands + i, "orchestrator.canary.start", "tenants/foo"),
            })];
            messages.AddRange(Garbage);
            var shuffled = messages.ToArray();
            random.Shuffle(shuffled);
            Messages = shuffled;
        }

        /// <summary>The instance of each command, and whether it onboards a tenant.</summary>
        public Dictionary<string, bool> Commands { get; } = [];

        public IReadOnlyList<string> Garbage { get; }

        public IReadOnlyList<string> Messages { get; }

        private static string Onboard(int i) => Event(i, "orchestrator.tenant.onboard", $"tenants/storm-{i}", JsonNode.Parse("""
            {"gateway":{"minReplicas":1,"maxReplicas":1,"service":{"type":"ClusterIP","ports":[{"name":"http2","port":80,"targetPort":8080}]}}}
            """));

        private static string Event(int id, string type, string subject, JsonNode? data = null) => new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = $"{id}",
            ["source"] = "/storm",
            ["type"] = type,
            ["subject"] = subject,
            ["data"] = data,
        }.ToJsonString();
    }
}
