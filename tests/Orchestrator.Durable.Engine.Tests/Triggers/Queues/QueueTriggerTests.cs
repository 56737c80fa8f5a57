using System.Collections.Concurrent;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Durable.Engine.Triggers;
using Orchestrator.Durable.Engine.Triggers.Queues;
using Orchestrator.TestKit;

namespace Orchestrator.Durable.Engine.Tests.Triggers.Queues;

/// <summary>Queue functions on the real Azurite.</summary>
public sealed class QueueTriggerTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly QueueSettings Quick = new() { MaxPollingInterval = TimeSpan.FromMilliseconds(200) };

    private readonly string queue = $"q{Guid.NewGuid():N}";
    private readonly Seen seen = new();

    [Fact]
    public async Task Each_message_sets_the_function_off_once_and_is_gone_afterwards()
    {
        using var host = await StartAsync<Texts>();
        var client = await QueueAsync(queue);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => client.SendMessageAsync($"message {i}")));

        await Expect.Until(() => seen.Count == 100, "all messages are seen");
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"message {i}").Order(), seen.Order());
        await EmptyAsync(client);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_message_can_be_an_object()
    {
        using var host = await StartAsync<Objects>();
        await (await QueueAsync(queue)).SendMessageAsync("""{"name":"foo","ports":[80]}""");
        await Expect.Until(() => seen.Count == 1, "the message is seen");
        Assert.Equal("foo on 80", seen.Single());
        await host.StopAsync();
    }

    [Fact]
    [Scenario(12)]
    public async Task A_message_that_fails_is_tried_again_and_goes_to_the_poison_queue_in_the_end()
    {
        using var host = await StartAsync<Failing>(Quick with { MaxDequeueCount = 3 });
        var client = await QueueAsync(queue);
        await client.SendMessageAsync("bad");
        await client.SendMessageAsync("good");

        Assert.Equal("bad", await ReceiveAsync(queue + "-poison"));

        Assert.Equal(3, seen.Count(text => text == "bad"));
        Assert.Equal(1, seen.Count(text => text == "good"));
        await EmptyAsync(client);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_message_that_is_not_base64_goes_to_the_poison_queue_and_the_others_are_worked_on()
    {
        using var host = await StartAsync<Texts>();
        await (await QueueAsync(queue, QueueMessageEncoding.None)).SendMessageAsync("no base64!");
        await (await QueueAsync(queue)).SendMessageAsync("fine");

        Assert.Equal("no base64!", await ReceiveAsync(queue + "-poison", QueueMessageEncoding.None));
        await Expect.Until(() => seen.Contains("fine"), "the other message is seen");
        await host.StopAsync();
    }

    [Fact]
    public async Task Plain_messages_are_read_as_they_are_when_host_json_says_so()
    {
        using var host = await StartAsync<Texts>(Quick with { IsBase64 = false });
        await (await QueueAsync(queue, QueueMessageEncoding.None)).SendMessageAsync("plain text");
        await Expect.Until(() => seen.Contains("plain text"), "the message is seen");
        await host.StopAsync();
    }

    [Fact]
    public async Task What_a_function_returns_goes_to_its_queues()
    {
        using var host = await StartAsync<Answering>();
        await (await QueueAsync(queue)).SendMessageAsync("ping");

        Assert.Equal("pong to ping", await ReceiveAsync(queue + "-answers"));
        Assert.Equal("""{"of":"ping"}""", await ReceiveAsync(queue + "-notes"));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_host_that_stops_finishes_what_it_has_begun_and_leaves_the_rest_to_the_next()
    {
        seen.Gate = new();
        using (var first = await StartAsync<Texts>(Quick with { BatchSize = 1, NewBatchThreshold = 0 }))
        {
            var client = await QueueAsync(queue);
            await client.SendMessageAsync("begun");
            await Expect.Until(() => seen.Contains("begun"), "the first message is begun");
            await client.SendMessageAsync("not begun");
            var stop = first.StopAsync();
            seen.Gate.SetResult();
            await Expect.Within(stop, "the stop");
        }

        Assert.Equal(["begun"], seen);
        using var second = await StartAsync<Texts>();
        await Expect.Until(() => seen.Count == 2, "the other message");
        Assert.Equal(["begun", "not begun"], seen);
        await second.StopAsync();
    }

    [Fact]
    public void Pauses_between_looks_at_an_empty_queue_grow_to_the_longest_and_start_anew()
    {
        var pause = new PollingPause(TimeSpan.FromSeconds(2), new Random(7));
        List<TimeSpan> pauses = [.. Enumerable.Range(0, 20).Select(_ => pause.Next())];
        Assert.InRange(pauses[0], TimeSpan.FromMilliseconds(80), TimeSpan.FromMilliseconds(120));
        Assert.All(pauses, each => Assert.InRange(each, TimeSpan.FromMilliseconds(80), TimeSpan.FromSeconds(2)));
        Assert.True(pauses[^1] > TimeSpan.FromSeconds(1));
        pause.Reset();
        Assert.InRange(pause.Next(), TimeSpan.FromMilliseconds(80), TimeSpan.FromMilliseconds(120));
    }

    private async Task<IHost> StartAsync<TFunctions>(QueueSettings? settings = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = azurite.ConnectionString,
            ["Queue"] = queue,
        });
        builder.Services.AddSingleton(seen).AddLogging();
        builder.Services.AddFunctions(new HostJson { Queues = settings ?? Quick }, [typeof(TFunctions)]);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private async Task<QueueClient> QueueAsync(string name, QueueMessageEncoding encoding = QueueMessageEncoding.Base64)
    {
        var client = new QueueClient(azurite.ConnectionString, name, new QueueClientOptions { MessageEncoding = encoding });
        await client.CreateIfNotExistsAsync();
        return client;
    }

    private async Task<string> ReceiveAsync(string name, QueueMessageEncoding encoding = QueueMessageEncoding.Base64)
    {
        var client = await QueueAsync(name, encoding);
        return await Eventually.GetAsync(
            async () => (await client.ReceiveMessageAsync()).Value?.Body.ToString(), Expect.Deadline, $"a message in queue {name}");
    }

    private static Task EmptyAsync(QueueClient client) => Eventually.Async(
        async () => (await client.GetPropertiesAsync()).Value.ApproximateMessagesCount == 0, Expect.Deadline, "the queue to be empty");

    private sealed class Seen : ConcurrentQueue<string>
    {
        public TaskCompletionSource? Gate { get; set; }
    }

    private sealed record Port(string Name, int[] Ports);

    private sealed record Answer([property: QueueOutput("%Queue%-answers")] string Text, [property: QueueOutput("%Queue%-notes")] object Note);

    private sealed class Texts(Seen seen)
    {
        [Function("OnMessage")]
        public Task RunAsync([QueueTrigger("%Queue%")] string message)
        {
            seen.Enqueue(message);
            return seen.Gate?.Task ?? Task.CompletedTask;
        }
    }

    private sealed class Objects(Seen seen)
    {
        [Function("OnMessage")]
        public void Run([QueueTrigger("%Queue%")] Port message) => seen.Enqueue($"{message.Name} on {message.Ports[0]}");
    }

    private sealed class Failing(Seen seen)
    {
        [Function("OnMessage")]
        public void Run([QueueTrigger("%Queue%")] string message)
        {
            seen.Enqueue(message);
            if (message == "bad")
                throw new InvalidOperationException("cannot");
        }
    }

    private sealed class Answering
    {
        [Function("OnMessage")]
        public static Answer Run([QueueTrigger("%Queue%")] string message) => new($"pong to {message}", new { of = message });
    }
}

/// <summary>One Azurite for the tests of a class.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private Azurite azurite = null!;

    public string ConnectionString => azurite.ConnectionString;

    public async Task InitializeAsync() => azurite = await Azurite.StartAsync();

    public async Task DisposeAsync() => await azurite.DisposeAsync();
}
